"""By whom the events of tests are recorded."""

TESTER = "command.test"
