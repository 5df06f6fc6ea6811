"""一坊三链: the workshop with its chains: production, wages, and later skills and childcare."""
