"""The workbooks that units fill in: a package for each form, and `parts` that several forms share.

A folder `schemas/forms/<form>` anywhere on Python's path is a form too: an office may keep its own beside ours.
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
