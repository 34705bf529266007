"""A silent video gets the sound of others that show the same action.

python examples/sound.py silent.mp4 pourings/ runs/pour/model with_sound.mp4
"""

import sys

import inphase

target, sources, model, output = sys.argv[1:]
result = inphase.transfer_sound(inphase.embed([target, sources], model))
result.save(output)
for block in result.blocks:
    print(f"{block.start:6.2f} s: from {block.source} at {block.source_start:.2f} s")
