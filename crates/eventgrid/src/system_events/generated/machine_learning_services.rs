// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Machine Learning.

/// A dataset drifted from its baseline.
pub const DATASET_DRIFT_DETECTED: &str = "Microsoft.MachineLearningServices.DatasetDriftDetected";

/// A model was deployed.
pub const MODEL_DEPLOYED: &str = "Microsoft.MachineLearningServices.ModelDeployed";

/// A model was registered.
pub const MODEL_REGISTERED: &str = "Microsoft.MachineLearningServices.ModelRegistered";

/// A run was completed.
pub const RUN_COMPLETED: &str = "Microsoft.MachineLearningServices.RunCompleted";

/// The status of a run changed.
pub const RUN_STATUS_CHANGED: &str = "Microsoft.MachineLearningServices.RunStatusChanged";
