"""The ground floor: tenant, audit, messages, figures, people and places."""
