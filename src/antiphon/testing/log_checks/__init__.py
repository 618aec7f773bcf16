"""The checks of `antiphon.testing.check_log`."""
