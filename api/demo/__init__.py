"""The demo county: a season of Luoding, made up, as signed events of made-up people.

Places, crops and standards are real; every person, cooperative and firm is invented, and where a
public body is meant its name says 演示. Nothing here may sign anything but a demonstration.
"""
