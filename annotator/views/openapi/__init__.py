"""The OpenAPI 3.1 document, made from the routes, their docstrings, the types of the client and the permissions."""
