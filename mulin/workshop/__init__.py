"""一坊三链: the workshop with its chains: production, wages, childcare, and later skills."""
