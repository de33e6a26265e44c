"""An Asterisk node as an exchange: AMI for orders and events, FastAGI for new calls."""
