"""一圈三荟 the circle: services, elders, volunteers, mediation."""
