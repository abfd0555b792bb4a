"""The organisers' console: pages behind a cookie, each by a route that says the role it asks for."""
