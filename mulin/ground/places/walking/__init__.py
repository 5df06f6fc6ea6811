"""The walking network 步行网 and what is reached on it. Pure: no Django, no tables.

Words: *way* (a path as the map has it), *edge* (a piece of it between two joints), *door* (where a
home or place hangs on an edge), *pace* 步速, *reach* (what is within so many minutes on foot).

    network = network_of(ways)              # from `osm.read_ways` or from what staff drew
    doors = Snapper(network, PACE).doors(points)
    for home, place, seconds, metres in reach(network, …)
"""
