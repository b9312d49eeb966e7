"""Reports: their content as data, and renderers that only lay it out."""
