"""LeRobot's datasets, versions 2.0 to 3.0, read and written without the package `lerobot`."""

from inphase.data.lerobot.dataset import Episode, RobotDataset, is_robot_dataset, open_robot_dataset

__all__ = ["Episode", "RobotDataset", "is_robot_dataset", "open_robot_dataset"]
