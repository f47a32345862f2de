"""Documents that come again, executed by Python source made for them once; docs/compiled-execution.md explains it."""
