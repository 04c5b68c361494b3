"""What can happen to an organization between two ticks, and when.

    remove        k random members leave
    remove-hub    the member that most shortest paths run through leaves
    substitute    a share of the members get another mind
    newcomers     k members join, each linked with a few others
    cut           a share of the links is cut
    rewire        a share of the links gets another end
    mission       the mission changes
    priorities    one domain of every later task comes first, and all of it becomes mandatory
    regulation    every later task has one more requirement, mandatory and stated in the brief

A shock draws from its own stream, so the run without it is its twin: the same seed, the same
record until the tick of the shock.
"""
