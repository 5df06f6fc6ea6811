"""The peer: as little Django as shows fifty needs in a table.

Six standard middlewares, one query of the product's own table in the product's own database, a
template with five columns. No session, nobody signed in, no permission, no menu, one language.
"""
