// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Media Services.

/// A job was cancelled.
pub const JOB_CANCELED: &str = "Microsoft.Media.JobCanceled";

/// A job is being cancelled.
pub const JOB_CANCELING: &str = "Microsoft.Media.JobCanceling";

/// A job failed.
pub const JOB_ERRORED: &str = "Microsoft.Media.JobErrored";

/// A job finished.
pub const JOB_FINISHED: &str = "Microsoft.Media.JobFinished";

/// The output of a job was cancelled.
pub const JOB_OUTPUT_CANCELED: &str = "Microsoft.Media.JobOutputCanceled";

/// The output of a job is being cancelled.
pub const JOB_OUTPUT_CANCELING: &str = "Microsoft.Media.JobOutputCanceling";

/// The output of a job failed.
pub const JOB_OUTPUT_ERRORED: &str = "Microsoft.Media.JobOutputErrored";

/// The output of a job finished.
pub const JOB_OUTPUT_FINISHED: &str = "Microsoft.Media.JobOutputFinished";

/// The output of a job is being processed.
pub const JOB_OUTPUT_PROCESSING: &str = "Microsoft.Media.JobOutputProcessing";

/// The output of a job progressed.
pub const JOB_OUTPUT_PROGRESS: &str = "Microsoft.Media.JobOutputProgress";

/// The output of a job was scheduled.
pub const JOB_OUTPUT_SCHEDULED: &str = "Microsoft.Media.JobOutputScheduled";

/// The state of a job's output changed.
pub const JOB_OUTPUT_STATE_CHANGE: &str = "Microsoft.Media.JobOutputStateChange";

/// A job is being processed.
pub const JOB_PROCESSING: &str = "Microsoft.Media.JobProcessing";

/// A job was scheduled.
pub const JOB_SCHEDULED: &str = "Microsoft.Media.JobScheduled";

/// The state of a job changed.
pub const JOB_STATE_CHANGE: &str = "Microsoft.Media.JobStateChange";

/// The archive of a live event's channel is alive.
pub const LIVE_EVENT_CHANNEL_ARCHIVE_HEARTBEAT: &str = "Microsoft.Media.LiveEventChannelArchiveHeartbeat";

/// The connection of a live event's encoder was rejected.
pub const LIVE_EVENT_CONNECTION_REJECTED: &str = "Microsoft.Media.LiveEventConnectionRejected";

/// The encoder of a live event connected.
pub const LIVE_EVENT_ENCODER_CONNECTED: &str = "Microsoft.Media.LiveEventEncoderConnected";

/// The encoder of a live event disconnected.
pub const LIVE_EVENT_ENCODER_DISCONNECTED: &str = "Microsoft.Media.LiveEventEncoderDisconnected";

/// A chunk of a live event's data was dropped, as it came too late or overlaps another one.
pub const LIVE_EVENT_INCOMING_DATA_CHUNK_DROPPED: &str = "Microsoft.Media.LiveEventIncomingDataChunkDropped";

/// The first chunk of a stream of a live event was received.
pub const LIVE_EVENT_INCOMING_STREAM_RECEIVED: &str = "Microsoft.Media.LiveEventIncomingStreamReceived";

/// The audio and video of a live event are out of step.
pub const LIVE_EVENT_INCOMING_STREAMS_OUT_OF_SYNC: &str = "Microsoft.Media.LiveEventIncomingStreamsOutOfSync";

/// Two video streams of a live event are out of step.
pub const LIVE_EVENT_INCOMING_VIDEO_STREAMS_OUT_OF_SYNC: &str =
    "Microsoft.Media.LiveEventIncomingVideoStreamsOutOfSync";

/// A track of a live event is alive.
pub const LIVE_EVENT_INGEST_HEARTBEAT: &str = "Microsoft.Media.LiveEventIngestHeartbeat";

/// A track of a live event has a gap.
pub const LIVE_EVENT_TRACK_DISCONTINUITY_DETECTED: &str =
    "Microsoft.Media.LiveEventTrackDiscontinuityDetected";
