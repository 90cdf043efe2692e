// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Communication Services.

/// The delivery status of an advanced message changed.
pub const ADVANCED_MESSAGE_DELIVERY_STATUS_UPDATED: &str =
    "Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated";

/// An advanced message was received.
pub const ADVANCED_MESSAGE_RECEIVED: &str = "Microsoft.Communication.AdvancedMessageReceived";

/// A call ended.
pub const CALL_ENDED: &str = "Microsoft.Communication.CallEnded";

/// A participant joined a call.
pub const CALL_PARTICIPANT_ADDED: &str = "Microsoft.Communication.CallParticipantAdded";

/// A participant left a call.
pub const CALL_PARTICIPANT_REMOVED: &str = "Microsoft.Communication.CallParticipantRemoved";

/// A call started.
pub const CALL_STARTED: &str = "Microsoft.Communication.CallStarted";

/// A command for a bot was received in a chat thread.
pub const CHAT_AZURE_BOT_COMMAND_RECEIVED_IN_THREAD: &str =
    "Microsoft.Communication.ChatAzureBotCommandReceivedInThread";

/// A member was added to a chat thread that a user is in; the older name of `ChatParticipantAddedToThreadWithUser`.
pub const CHAT_MEMBER_ADDED_TO_THREAD_WITH_USER: &str =
    "Microsoft.Communication.ChatMemberAddedToThreadWithUser";

/// A member was removed from a chat thread that a user is in; the older name of `ChatParticipantRemovedFromThreadWithUser`.
pub const CHAT_MEMBER_REMOVED_FROM_THREAD_WITH_USER: &str =
    "Microsoft.Communication.ChatMemberRemovedFromThreadWithUser";

/// A chat message to a user was deleted.
pub const CHAT_MESSAGE_DELETED: &str = "Microsoft.Communication.ChatMessageDeleted";

/// A message of a chat thread was deleted.
pub const CHAT_MESSAGE_DELETED_IN_THREAD: &str = "Microsoft.Communication.ChatMessageDeletedInThread";

/// A chat message to a user was edited.
pub const CHAT_MESSAGE_EDITED: &str = "Microsoft.Communication.ChatMessageEdited";

/// A message of a chat thread was edited.
pub const CHAT_MESSAGE_EDITED_IN_THREAD: &str = "Microsoft.Communication.ChatMessageEditedInThread";

/// A user received a chat message.
pub const CHAT_MESSAGE_RECEIVED: &str = "Microsoft.Communication.ChatMessageReceived";

/// A chat thread received a message.
pub const CHAT_MESSAGE_RECEIVED_IN_THREAD: &str = "Microsoft.Communication.ChatMessageReceivedInThread";

/// A participant was added to a chat thread that a user is in.
pub const CHAT_PARTICIPANT_ADDED_TO_THREAD_WITH_USER: &str =
    "Microsoft.Communication.ChatParticipantAddedToThreadWithUser";

/// A participant was removed from a chat thread that a user is in.
pub const CHAT_PARTICIPANT_REMOVED_FROM_THREAD_WITH_USER: &str =
    "Microsoft.Communication.ChatParticipantRemovedFromThreadWithUser";

/// A chat thread was created.
pub const CHAT_THREAD_CREATED: &str = "Microsoft.Communication.ChatThreadCreated";

/// A chat thread was created with a user in it.
pub const CHAT_THREAD_CREATED_WITH_USER: &str = "Microsoft.Communication.ChatThreadCreatedWithUser";

/// A chat thread was deleted.
pub const CHAT_THREAD_DELETED: &str = "Microsoft.Communication.ChatThreadDeleted";

/// A participant was added to a chat thread.
pub const CHAT_THREAD_PARTICIPANT_ADDED: &str = "Microsoft.Communication.ChatThreadParticipantAdded";

/// A participant was removed from a chat thread.
pub const CHAT_THREAD_PARTICIPANT_REMOVED: &str = "Microsoft.Communication.ChatThreadParticipantRemoved";

/// The properties of a chat thread were updated.
pub const CHAT_THREAD_PROPERTIES_UPDATED: &str = "Microsoft.Communication.ChatThreadPropertiesUpdated";

/// The properties of a chat thread that a user is in were updated.
pub const CHAT_THREAD_PROPERTIES_UPDATED_PER_USER: &str =
    "Microsoft.Communication.ChatThreadPropertiesUpdatedPerUser";

/// A chat thread that a user is in was deleted.
pub const CHAT_THREAD_WITH_USER_DELETED: &str = "Microsoft.Communication.ChatThreadWithUserDeleted";

/// Someone in a chat thread is typing.
pub const CHAT_TYPING_INDICATOR_RECEIVED_IN_THREAD: &str =
    "Microsoft.Communication.ChatTypingIndicatorReceivedInThread";

/// A report came on the delivery of an email.
pub const EMAIL_DELIVERY_REPORT_RECEIVED: &str = "Microsoft.Communication.EmailDeliveryReportReceived";

/// A recipient opened an email, or followed a link in it.
pub const EMAIL_ENGAGEMENT_TRACKING_REPORT_RECEIVED: &str =
    "Microsoft.Communication.EmailEngagementTrackingReportReceived";

/// A call comes in.
pub const INCOMING_CALL: &str = "Microsoft.Communication.IncomingCall";

/// The recording of a call is available.
pub const RECORDING_FILE_STATUS_UPDATED: &str = "Microsoft.Communication.RecordingFileStatusUpdated";

/// A job was cancelled.
pub const ROUTER_JOB_CANCELLED: &str = "Microsoft.Communication.RouterJobCancelled";

/// A job could not be classified.
pub const ROUTER_JOB_CLASSIFICATION_FAILED: &str = "Microsoft.Communication.RouterJobClassificationFailed";

/// A job was classified.
pub const ROUTER_JOB_CLASSIFIED: &str = "Microsoft.Communication.RouterJobClassified";

/// A job was closed.
pub const ROUTER_JOB_CLOSED: &str = "Microsoft.Communication.RouterJobClosed";

/// A job was completed.
pub const ROUTER_JOB_COMPLETED: &str = "Microsoft.Communication.RouterJobCompleted";

/// A job was deleted.
pub const ROUTER_JOB_DELETED: &str = "Microsoft.Communication.RouterJobDeleted";

/// A job met the conditions of an exception policy.
pub const ROUTER_JOB_EXCEPTION_TRIGGERED: &str = "Microsoft.Communication.RouterJobExceptionTriggered";

/// A job was queued.
pub const ROUTER_JOB_QUEUED: &str = "Microsoft.Communication.RouterJobQueued";

/// A job was received.
pub const ROUTER_JOB_RECEIVED: &str = "Microsoft.Communication.RouterJobReceived";

/// A job could not be scheduled.
pub const ROUTER_JOB_SCHEDULING_FAILED: &str = "Microsoft.Communication.RouterJobSchedulingFailed";

/// A job was taken from its worker.
pub const ROUTER_JOB_UNASSIGNED: &str = "Microsoft.Communication.RouterJobUnassigned";

/// The time that a job was scheduled for has come: it waits to be activated.
pub const ROUTER_JOB_WAITING_FOR_ACTIVATION: &str = "Microsoft.Communication.RouterJobWaitingForActivation";

/// The conditions that a job sets for its worker expired.
pub const ROUTER_JOB_WORKER_SELECTORS_EXPIRED: &str =
    "Microsoft.Communication.RouterJobWorkerSelectorsExpired";

/// A worker was deleted.
pub const ROUTER_WORKER_DELETED: &str = "Microsoft.Communication.RouterWorkerDeleted";

/// A worker was deregistered.
pub const ROUTER_WORKER_DEREGISTERED: &str = "Microsoft.Communication.RouterWorkerDeregistered";

/// A worker accepted the offer of a job.
pub const ROUTER_WORKER_OFFER_ACCEPTED: &str = "Microsoft.Communication.RouterWorkerOfferAccepted";

/// A worker declined the offer of a job.
pub const ROUTER_WORKER_OFFER_DECLINED: &str = "Microsoft.Communication.RouterWorkerOfferDeclined";

/// The offer of a job to a worker expired.
pub const ROUTER_WORKER_OFFER_EXPIRED: &str = "Microsoft.Communication.RouterWorkerOfferExpired";

/// A worker was offered a job.
pub const ROUTER_WORKER_OFFER_ISSUED: &str = "Microsoft.Communication.RouterWorkerOfferIssued";

/// The offer of a job to a worker was revoked.
pub const ROUTER_WORKER_OFFER_REVOKED: &str = "Microsoft.Communication.RouterWorkerOfferRevoked";

/// A worker was registered.
pub const ROUTER_WORKER_REGISTERED: &str = "Microsoft.Communication.RouterWorkerRegistered";

/// A worker was updated.
pub const ROUTER_WORKER_UPDATED: &str = "Microsoft.Communication.RouterWorkerUpdated";

/// A report came on the delivery of a text message.
pub const SMS_DELIVERY_REPORT_RECEIVED: &str = "Microsoft.Communication.SMSDeliveryReportReceived";

/// A text message was received.
pub const SMS_RECEIVED: &str = "Microsoft.Communication.SMSReceived";

/// A user was disconnected.
pub const USER_DISCONNECTED: &str = "Microsoft.Communication.UserDisconnected";
