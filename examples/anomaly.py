"""Where a video strays from typical ones, as a plot with the frames at its peaks.

python examples/anomaly.py new.mp4 good/ runs/pour/model anomalies.png
"""

import sys

import inphase

video, typical, model, output = sys.argv[1:]
(new,) = inphase.embed([video], model)
result = inphase.find_anomalies(new, inphase.embed(typical, model))
for segment in result.alarms:
    print(f"{segment.start:.2f} to {segment.end:.2f} s: {segment.kind}, p {segment.p_value:.3f}")
result.save(output)
print(f"Wrote {output}. {result.caution}")
