"""What tests and authors of providers share."""
