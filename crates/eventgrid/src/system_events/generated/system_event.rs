// Made from `types.txt` by `tests/system_events`; do not edit.

/// An event that an Azure service publishes itself.
///
/// More of them may come with any version of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SystemEvent {
    /// `Microsoft.AVS.ClusterCreated`: A cluster was created.
    AvsClusterCreated,
    /// `Microsoft.AVS.ClusterDeleted`: A cluster was deleted.
    AvsClusterDeleted,
    /// `Microsoft.AVS.ClusterFailed`: Creating, updating or deleting a cluster failed.
    AvsClusterFailed,
    /// `Microsoft.AVS.ClusterUpdated`: A cluster was updated.
    AvsClusterUpdated,
    /// `Microsoft.AVS.ClusterUpdating`: A cluster is being updated.
    AvsClusterUpdating,
    /// `Microsoft.AVS.PrivateCloudFailed`: Updating or deleting a private cloud failed.
    AvsPrivateCloudFailed,
    /// `Microsoft.AVS.PrivateCloudUpdated`: A private cloud was updated.
    AvsPrivateCloudUpdated,
    /// `Microsoft.AVS.PrivateCloudUpdating`: A private cloud is being updated.
    AvsPrivateCloudUpdating,
    /// `Microsoft.AVS.ScriptExecutionCancelled`: The execution of a script was cancelled.
    AvsScriptExecutionCancelled,
    /// `Microsoft.AVS.ScriptExecutionFailed`: The execution of a script failed.
    AvsScriptExecutionFailed,
    /// `Microsoft.AVS.ScriptExecutionFinished`: The execution of a script finished.
    AvsScriptExecutionFinished,
    /// `Microsoft.AVS.ScriptExecutionStarted`: The execution of a script started.
    AvsScriptExecutionStarted,
    /// `Microsoft.ApiCenter.ApiDefinitionAdded`: An API definition was added.
    ApiCenterApiDefinitionAdded,
    /// `Microsoft.ApiCenter.ApiDefinitionUpdated`: An API definition was updated.
    ApiCenterApiDefinitionUpdated,
    /// `Microsoft.ApiManagement.APICreated`: An API was created.
    ApiManagementApiCreated,
    /// `Microsoft.ApiManagement.APIDeleted`: An API was deleted.
    ApiManagementApiDeleted,
    /// `Microsoft.ApiManagement.APIReleaseCreated`: A release of an API was created.
    ApiManagementApiReleaseCreated,
    /// `Microsoft.ApiManagement.APIReleaseDeleted`: A release of an API was deleted.
    ApiManagementApiReleaseDeleted,
    /// `Microsoft.ApiManagement.APIReleaseUpdated`: A release of an API was updated.
    ApiManagementApiReleaseUpdated,
    /// `Microsoft.ApiManagement.APIUpdated`: An API was updated.
    ApiManagementApiUpdated,
    /// `Microsoft.ApiManagement.CircuitBreaker.Closed`: The circuit breaker of a backend closed: requests flow again.
    ApiManagementCircuitBreakerClosed,
    /// `Microsoft.ApiManagement.CircuitBreaker.Opened`: The circuit breaker of a backend opened: requests are held off.
    ApiManagementCircuitBreakerOpened,
    /// `Microsoft.ApiManagement.GatewayAPIAdded`: An API was added to a self-hosted gateway.
    ApiManagementGatewayApiAdded,
    /// `Microsoft.ApiManagement.GatewayAPIRemoved`: An API was removed from a self-hosted gateway.
    ApiManagementGatewayApiRemoved,
    /// `Microsoft.ApiManagement.GatewayCertificateAuthorityCreated`: A certificate authority was added to a self-hosted gateway.
    ApiManagementGatewayCertificateAuthorityCreated,
    /// `Microsoft.ApiManagement.GatewayCertificateAuthorityDeleted`: A certificate authority was removed from a self-hosted gateway.
    ApiManagementGatewayCertificateAuthorityDeleted,
    /// `Microsoft.ApiManagement.GatewayCertificateAuthorityUpdated`: A certificate authority of a self-hosted gateway was updated.
    ApiManagementGatewayCertificateAuthorityUpdated,
    /// `Microsoft.ApiManagement.GatewayCreated`: A self-hosted gateway was created.
    ApiManagementGatewayCreated,
    /// `Microsoft.ApiManagement.GatewayDeleted`: A self-hosted gateway was deleted.
    ApiManagementGatewayDeleted,
    /// `Microsoft.ApiManagement.GatewayHostnameConfigurationCreated`: A host name configuration of a self-hosted gateway was created.
    ApiManagementGatewayHostnameConfigurationCreated,
    /// `Microsoft.ApiManagement.GatewayHostnameConfigurationDeleted`: A host name configuration of a self-hosted gateway was deleted.
    ApiManagementGatewayHostnameConfigurationDeleted,
    /// `Microsoft.ApiManagement.GatewayHostnameConfigurationUpdated`: A host name configuration of a self-hosted gateway was updated.
    ApiManagementGatewayHostnameConfigurationUpdated,
    /// `Microsoft.ApiManagement.GatewayTokenExpired`: The access token of a self-hosted gateway expired.
    ApiManagementGatewayTokenExpired,
    /// `Microsoft.ApiManagement.GatewayTokenNearExpiry`: The access token of a self-hosted gateway expires soon.
    ApiManagementGatewayTokenNearExpiry,
    /// `Microsoft.ApiManagement.GatewayUpdated`: A self-hosted gateway was updated.
    ApiManagementGatewayUpdated,
    /// `Microsoft.ApiManagement.ProductCreated`: A product was created.
    ApiManagementProductCreated,
    /// `Microsoft.ApiManagement.ProductDeleted`: A product was deleted.
    ApiManagementProductDeleted,
    /// `Microsoft.ApiManagement.ProductUpdated`: A product was updated.
    ApiManagementProductUpdated,
    /// `Microsoft.ApiManagement.SubscriptionCreated`: A subscription to an API or a product was created.
    ApiManagementSubscriptionCreated,
    /// `Microsoft.ApiManagement.SubscriptionDeleted`: A subscription to an API or a product was deleted.
    ApiManagementSubscriptionDeleted,
    /// `Microsoft.ApiManagement.SubscriptionUpdated`: A subscription to an API or a product was updated.
    ApiManagementSubscriptionUpdated,
    /// `Microsoft.ApiManagement.UserCreated`: A user was created.
    ApiManagementUserCreated,
    /// `Microsoft.ApiManagement.UserDeleted`: A user was deleted.
    ApiManagementUserDeleted,
    /// `Microsoft.ApiManagement.UserUpdated`: A user was updated.
    ApiManagementUserUpdated,
    /// `Microsoft.AppConfiguration.KeyValueDeleted`: A key-value was deleted.
    AppConfigurationKeyValueDeleted,
    /// `Microsoft.AppConfiguration.KeyValueModified`: A key-value was created or modified.
    AppConfigurationKeyValueModified,
    /// `Microsoft.AppConfiguration.SnapshotCreated`: A snapshot was created.
    AppConfigurationSnapshotCreated,
    /// `Microsoft.AppConfiguration.SnapshotModified`: A snapshot was modified.
    AppConfigurationSnapshotModified,
    /// `Microsoft.Cache.ExportRDBCompleted`: The export of a cache's data ended.
    CacheExportRdbCompleted,
    /// `Microsoft.Cache.ImportRDBCompleted`: The import of data into a cache ended.
    CacheImportRdbCompleted,
    /// `Microsoft.Cache.PatchingCompleted`: The patching of a cache ended.
    CachePatchingCompleted,
    /// `Microsoft.Cache.ScalingCompleted`: The scaling of a cache ended.
    CacheScalingCompleted,
    /// `Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated`: The delivery status of an advanced message changed.
    CommunicationAdvancedMessageDeliveryStatusUpdated,
    /// `Microsoft.Communication.AdvancedMessageReceived`: An advanced message was received.
    CommunicationAdvancedMessageReceived,
    /// `Microsoft.Communication.CallEnded`: A call ended.
    CommunicationCallEnded,
    /// `Microsoft.Communication.CallParticipantAdded`: A participant joined a call.
    CommunicationCallParticipantAdded,
    /// `Microsoft.Communication.CallParticipantRemoved`: A participant left a call.
    CommunicationCallParticipantRemoved,
    /// `Microsoft.Communication.CallStarted`: A call started.
    CommunicationCallStarted,
    /// `Microsoft.Communication.ChatAzureBotCommandReceivedInThread`: A command for a bot was received in a chat thread.
    CommunicationChatAzureBotCommandReceivedInThread,
    /// `Microsoft.Communication.ChatMemberAddedToThreadWithUser`: A member was added to a chat thread that a user is in; the older name of `ChatParticipantAddedToThreadWithUser`.
    CommunicationChatMemberAddedToThreadWithUser,
    /// `Microsoft.Communication.ChatMemberRemovedFromThreadWithUser`: A member was removed from a chat thread that a user is in; the older name of `ChatParticipantRemovedFromThreadWithUser`.
    CommunicationChatMemberRemovedFromThreadWithUser,
    /// `Microsoft.Communication.ChatMessageDeleted`: A chat message to a user was deleted.
    CommunicationChatMessageDeleted,
    /// `Microsoft.Communication.ChatMessageDeletedInThread`: A message of a chat thread was deleted.
    CommunicationChatMessageDeletedInThread,
    /// `Microsoft.Communication.ChatMessageEdited`: A chat message to a user was edited.
    CommunicationChatMessageEdited,
    /// `Microsoft.Communication.ChatMessageEditedInThread`: A message of a chat thread was edited.
    CommunicationChatMessageEditedInThread,
    /// `Microsoft.Communication.ChatMessageReceived`: A user received a chat message.
    CommunicationChatMessageReceived,
    /// `Microsoft.Communication.ChatMessageReceivedInThread`: A chat thread received a message.
    CommunicationChatMessageReceivedInThread,
    /// `Microsoft.Communication.ChatParticipantAddedToThreadWithUser`: A participant was added to a chat thread that a user is in.
    CommunicationChatParticipantAddedToThreadWithUser,
    /// `Microsoft.Communication.ChatParticipantRemovedFromThreadWithUser`: A participant was removed from a chat thread that a user is in.
    CommunicationChatParticipantRemovedFromThreadWithUser,
    /// `Microsoft.Communication.ChatThreadCreated`: A chat thread was created.
    CommunicationChatThreadCreated,
    /// `Microsoft.Communication.ChatThreadCreatedWithUser`: A chat thread was created with a user in it.
    CommunicationChatThreadCreatedWithUser,
    /// `Microsoft.Communication.ChatThreadDeleted`: A chat thread was deleted.
    CommunicationChatThreadDeleted,
    /// `Microsoft.Communication.ChatThreadParticipantAdded`: A participant was added to a chat thread.
    CommunicationChatThreadParticipantAdded,
    /// `Microsoft.Communication.ChatThreadParticipantRemoved`: A participant was removed from a chat thread.
    CommunicationChatThreadParticipantRemoved,
    /// `Microsoft.Communication.ChatThreadPropertiesUpdated`: The properties of a chat thread were updated.
    CommunicationChatThreadPropertiesUpdated,
    /// `Microsoft.Communication.ChatThreadPropertiesUpdatedPerUser`: The properties of a chat thread that a user is in were updated.
    CommunicationChatThreadPropertiesUpdatedPerUser,
    /// `Microsoft.Communication.ChatThreadWithUserDeleted`: A chat thread that a user is in was deleted.
    CommunicationChatThreadWithUserDeleted,
    /// `Microsoft.Communication.ChatTypingIndicatorReceivedInThread`: Someone in a chat thread is typing.
    CommunicationChatTypingIndicatorReceivedInThread,
    /// `Microsoft.Communication.EmailDeliveryReportReceived`: A report came on the delivery of an email.
    CommunicationEmailDeliveryReportReceived,
    /// `Microsoft.Communication.EmailEngagementTrackingReportReceived`: A recipient opened an email, or followed a link in it.
    CommunicationEmailEngagementTrackingReportReceived,
    /// `Microsoft.Communication.IncomingCall`: A call comes in.
    CommunicationIncomingCall,
    /// `Microsoft.Communication.RecordingFileStatusUpdated`: The recording of a call is available.
    CommunicationRecordingFileStatusUpdated,
    /// `Microsoft.Communication.RouterJobCancelled`: A job was cancelled.
    CommunicationRouterJobCancelled,
    /// `Microsoft.Communication.RouterJobClassificationFailed`: A job could not be classified.
    CommunicationRouterJobClassificationFailed,
    /// `Microsoft.Communication.RouterJobClassified`: A job was classified.
    CommunicationRouterJobClassified,
    /// `Microsoft.Communication.RouterJobClosed`: A job was closed.
    CommunicationRouterJobClosed,
    /// `Microsoft.Communication.RouterJobCompleted`: A job was completed.
    CommunicationRouterJobCompleted,
    /// `Microsoft.Communication.RouterJobDeleted`: A job was deleted.
    CommunicationRouterJobDeleted,
    /// `Microsoft.Communication.RouterJobExceptionTriggered`: A job met the conditions of an exception policy.
    CommunicationRouterJobExceptionTriggered,
    /// `Microsoft.Communication.RouterJobQueued`: A job was queued.
    CommunicationRouterJobQueued,
    /// `Microsoft.Communication.RouterJobReceived`: A job was received.
    CommunicationRouterJobReceived,
    /// `Microsoft.Communication.RouterJobSchedulingFailed`: A job could not be scheduled.
    CommunicationRouterJobSchedulingFailed,
    /// `Microsoft.Communication.RouterJobUnassigned`: A job was taken from its worker.
    CommunicationRouterJobUnassigned,
    /// `Microsoft.Communication.RouterJobWaitingForActivation`: The time that a job was scheduled for has come: it waits to be activated.
    CommunicationRouterJobWaitingForActivation,
    /// `Microsoft.Communication.RouterJobWorkerSelectorsExpired`: The conditions that a job sets for its worker expired.
    CommunicationRouterJobWorkerSelectorsExpired,
    /// `Microsoft.Communication.RouterWorkerDeleted`: A worker was deleted.
    CommunicationRouterWorkerDeleted,
    /// `Microsoft.Communication.RouterWorkerDeregistered`: A worker was deregistered.
    CommunicationRouterWorkerDeregistered,
    /// `Microsoft.Communication.RouterWorkerOfferAccepted`: A worker accepted the offer of a job.
    CommunicationRouterWorkerOfferAccepted,
    /// `Microsoft.Communication.RouterWorkerOfferDeclined`: A worker declined the offer of a job.
    CommunicationRouterWorkerOfferDeclined,
    /// `Microsoft.Communication.RouterWorkerOfferExpired`: The offer of a job to a worker expired.
    CommunicationRouterWorkerOfferExpired,
    /// `Microsoft.Communication.RouterWorkerOfferIssued`: A worker was offered a job.
    CommunicationRouterWorkerOfferIssued,
    /// `Microsoft.Communication.RouterWorkerOfferRevoked`: The offer of a job to a worker was revoked.
    CommunicationRouterWorkerOfferRevoked,
    /// `Microsoft.Communication.RouterWorkerRegistered`: A worker was registered.
    CommunicationRouterWorkerRegistered,
    /// `Microsoft.Communication.RouterWorkerUpdated`: A worker was updated.
    CommunicationRouterWorkerUpdated,
    /// `Microsoft.Communication.SMSDeliveryReportReceived`: A report came on the delivery of a text message.
    CommunicationSmsDeliveryReportReceived,
    /// `Microsoft.Communication.SMSReceived`: A text message was received.
    CommunicationSmsReceived,
    /// `Microsoft.Communication.UserDisconnected`: A user was disconnected.
    CommunicationUserDisconnected,
    /// `Microsoft.ContainerRegistry.ChartDeleted`: A Helm chart was deleted.
    ContainerRegistryChartDeleted,
    /// `Microsoft.ContainerRegistry.ChartPushed`: A Helm chart was pushed.
    ContainerRegistryChartPushed,
    /// `Microsoft.ContainerRegistry.ImageDeleted`: An image was deleted.
    ContainerRegistryImageDeleted,
    /// `Microsoft.ContainerRegistry.ImagePushed`: An image was pushed.
    ContainerRegistryImagePushed,
    /// `Microsoft.ContainerService.ClusterSupportEnded`: The version that a cluster runs is not supported any more.
    ContainerServiceClusterSupportEnded,
    /// `Microsoft.ContainerService.ClusterSupportEnding`: Support of the version that a cluster runs ends soon.
    ContainerServiceClusterSupportEnding,
    /// `Microsoft.ContainerService.NewKubernetesVersionAvailable`: A new version of Kubernetes is available.
    ContainerServiceNewKubernetesVersionAvailable,
    /// `Microsoft.ContainerService.NodePoolRollingFailed`: The rolling upgrade of a node pool failed.
    ContainerServiceNodePoolRollingFailed,
    /// `Microsoft.ContainerService.NodePoolRollingStarted`: The rolling upgrade of a node pool started.
    ContainerServiceNodePoolRollingStarted,
    /// `Microsoft.ContainerService.NodePoolRollingSucceeded`: The rolling upgrade of a node pool succeeded.
    ContainerServiceNodePoolRollingSucceeded,
    /// `Microsoft.DataBox.CopyCompleted`: The copying of an order's data ended.
    DataBoxCopyCompleted,
    /// `Microsoft.DataBox.CopyStarted`: The copying of an order's data started.
    DataBoxCopyStarted,
    /// `Microsoft.DataBox.OrderCompleted`: An order was completed.
    DataBoxOrderCompleted,
    /// `Microsoft.Devices.DeviceConnected`: A device connected.
    DeviceConnected,
    /// `Microsoft.Devices.DeviceCreated`: A device was registered.
    DeviceCreated,
    /// `Microsoft.Devices.DeviceDeleted`: A device was deleted.
    DeviceDeleted,
    /// `Microsoft.Devices.DeviceDisconnected`: A device disconnected.
    DeviceDisconnected,
    /// `Microsoft.Devices.DeviceTelemetry`: A device sent telemetry.
    DeviceTelemetry,
    /// `Microsoft.Edge.SolutionVersionPublished`: A version of a solution was published.
    EdgeSolutionVersionPublished,
    /// `Microsoft.EventGrid.MQTTClientCreatedOrUpdated`: An MQTT client was created or updated.
    EventGridMqttClientCreatedOrUpdated,
    /// `Microsoft.EventGrid.MQTTClientDeleted`: An MQTT client was deleted.
    EventGridMqttClientDeleted,
    /// `Microsoft.EventGrid.MQTTClientSessionConnected`: An MQTT client's session connected.
    EventGridMqttClientSessionConnected,
    /// `Microsoft.EventGrid.MQTTClientSessionDisconnected`: An MQTT client's session disconnected.
    EventGridMqttClientSessionDisconnected,
    /// `Microsoft.EventGrid.SubscriptionDeletedEvent`: An event subscription was deleted.
    EventGridSubscriptionDeletedEvent,
    /// `Microsoft.EventGrid.SubscriptionValidationEvent`: An event subscription asks its endpoint whether it wants the events.
    EventGridSubscriptionValidationEvent,
    /// `Microsoft.EventHub.CaptureFileCreated`: A capture file was created.
    EventHubCaptureFileCreated,
    /// `Microsoft.HealthcareApis.DicomImageCreated`: A DICOM image was created.
    HealthcareApisDicomImageCreated,
    /// `Microsoft.HealthcareApis.DicomImageDeleted`: A DICOM image was deleted.
    HealthcareApisDicomImageDeleted,
    /// `Microsoft.HealthcareApis.DicomImageUpdated`: A DICOM image was updated.
    HealthcareApisDicomImageUpdated,
    /// `Microsoft.HealthcareApis.FhirResourceCreated`: A FHIR resource was created.
    HealthcareApisFhirResourceCreated,
    /// `Microsoft.HealthcareApis.FhirResourceDeleted`: A FHIR resource was deleted.
    HealthcareApisFhirResourceDeleted,
    /// `Microsoft.HealthcareApis.FhirResourceUpdated`: A FHIR resource was updated.
    HealthcareApisFhirResourceUpdated,
    /// `Microsoft.KeyVault.CertificateExpired`: A certificate expired.
    KeyVaultCertificateExpired,
    /// `Microsoft.KeyVault.CertificateNearExpiry`: A certificate expires soon.
    KeyVaultCertificateNearExpiry,
    /// `Microsoft.KeyVault.CertificateNewVersionCreated`: A new version of a certificate was created.
    KeyVaultCertificateNewVersionCreated,
    /// `Microsoft.KeyVault.KeyExpired`: A key expired.
    KeyVaultKeyExpired,
    /// `Microsoft.KeyVault.KeyNearExpiry`: A key expires soon.
    KeyVaultKeyNearExpiry,
    /// `Microsoft.KeyVault.KeyNewVersionCreated`: A new version of a key was created.
    KeyVaultKeyNewVersionCreated,
    /// `Microsoft.KeyVault.SecretExpired`: A secret expired.
    KeyVaultSecretExpired,
    /// `Microsoft.KeyVault.SecretNearExpiry`: A secret expires soon.
    KeyVaultSecretNearExpiry,
    /// `Microsoft.KeyVault.SecretNewVersionCreated`: A new version of a secret was created.
    KeyVaultSecretNewVersionCreated,
    /// `Microsoft.KeyVault.VaultAccessPolicyChanged`: The access policy of a vault changed.
    KeyVaultVaultAccessPolicyChanged,
    /// `Microsoft.MachineLearningServices.DatasetDriftDetected`: A dataset drifted from its baseline.
    MachineLearningServicesDatasetDriftDetected,
    /// `Microsoft.MachineLearningServices.ModelDeployed`: A model was deployed.
    MachineLearningServicesModelDeployed,
    /// `Microsoft.MachineLearningServices.ModelRegistered`: A model was registered.
    MachineLearningServicesModelRegistered,
    /// `Microsoft.MachineLearningServices.RunCompleted`: A run was completed.
    MachineLearningServicesRunCompleted,
    /// `Microsoft.MachineLearningServices.RunStatusChanged`: The status of a run changed.
    MachineLearningServicesRunStatusChanged,
    /// `Microsoft.Maps.GeofenceEntered`: Something entered a geofence.
    MapsGeofenceEntered,
    /// `Microsoft.Maps.GeofenceExited`: Something left a geofence.
    MapsGeofenceExited,
    /// `Microsoft.Maps.GeofenceResult`: The result of a geofence query, whatever it is.
    MapsGeofenceResult,
    /// `Microsoft.Media.JobCanceled`: A job was cancelled.
    MediaJobCanceled,
    /// `Microsoft.Media.JobCanceling`: A job is being cancelled.
    MediaJobCanceling,
    /// `Microsoft.Media.JobErrored`: A job failed.
    MediaJobErrored,
    /// `Microsoft.Media.JobFinished`: A job finished.
    MediaJobFinished,
    /// `Microsoft.Media.JobOutputCanceled`: The output of a job was cancelled.
    MediaJobOutputCanceled,
    /// `Microsoft.Media.JobOutputCanceling`: The output of a job is being cancelled.
    MediaJobOutputCanceling,
    /// `Microsoft.Media.JobOutputErrored`: The output of a job failed.
    MediaJobOutputErrored,
    /// `Microsoft.Media.JobOutputFinished`: The output of a job finished.
    MediaJobOutputFinished,
    /// `Microsoft.Media.JobOutputProcessing`: The output of a job is being processed.
    MediaJobOutputProcessing,
    /// `Microsoft.Media.JobOutputProgress`: The output of a job progressed.
    MediaJobOutputProgress,
    /// `Microsoft.Media.JobOutputScheduled`: The output of a job was scheduled.
    MediaJobOutputScheduled,
    /// `Microsoft.Media.JobOutputStateChange`: The state of a job's output changed.
    MediaJobOutputStateChange,
    /// `Microsoft.Media.JobProcessing`: A job is being processed.
    MediaJobProcessing,
    /// `Microsoft.Media.JobScheduled`: A job was scheduled.
    MediaJobScheduled,
    /// `Microsoft.Media.JobStateChange`: The state of a job changed.
    MediaJobStateChange,
    /// `Microsoft.Media.LiveEventChannelArchiveHeartbeat`: The archive of a live event's channel is alive.
    MediaLiveEventChannelArchiveHeartbeat,
    /// `Microsoft.Media.LiveEventConnectionRejected`: The connection of a live event's encoder was rejected.
    MediaLiveEventConnectionRejected,
    /// `Microsoft.Media.LiveEventEncoderConnected`: The encoder of a live event connected.
    MediaLiveEventEncoderConnected,
    /// `Microsoft.Media.LiveEventEncoderDisconnected`: The encoder of a live event disconnected.
    MediaLiveEventEncoderDisconnected,
    /// `Microsoft.Media.LiveEventIncomingDataChunkDropped`: A chunk of a live event's data was dropped, as it came too late or overlaps another one.
    MediaLiveEventIncomingDataChunkDropped,
    /// `Microsoft.Media.LiveEventIncomingStreamReceived`: The first chunk of a stream of a live event was received.
    MediaLiveEventIncomingStreamReceived,
    /// `Microsoft.Media.LiveEventIncomingStreamsOutOfSync`: The audio and video of a live event are out of step.
    MediaLiveEventIncomingStreamsOutOfSync,
    /// `Microsoft.Media.LiveEventIncomingVideoStreamsOutOfSync`: Two video streams of a live event are out of step.
    MediaLiveEventIncomingVideoStreamsOutOfSync,
    /// `Microsoft.Media.LiveEventIngestHeartbeat`: A track of a live event is alive.
    MediaLiveEventIngestHeartbeat,
    /// `Microsoft.Media.LiveEventTrackDiscontinuityDetected`: A track of a live event has a gap.
    MediaLiveEventTrackDiscontinuityDetected,
    /// `Microsoft.PolicyInsights.PolicyStateChanged`: The compliance of a resource changed.
    PolicyInsightsPolicyStateChanged,
    /// `Microsoft.PolicyInsights.PolicyStateCreated`: The compliance of a resource is known for the first time.
    PolicyInsightsPolicyStateCreated,
    /// `Microsoft.PolicyInsights.PolicyStateDeleted`: The compliance of a resource is not tracked any more.
    PolicyInsightsPolicyStateDeleted,
    /// `Microsoft.ResourceNotifications.ContainerServiceEventResources.ScheduledEventEmitted`: Maintenance of a Kubernetes cluster was scheduled, started or ended.
    ResourceNotificationsContainerServiceEventResourcesScheduledEventEmitted,
    /// `Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged`: The availability of a resource changed.
    ResourceNotificationsHealthResourcesAvailabilityStatusChanged,
    /// `Microsoft.ResourceNotifications.HealthResources.ResourceAnnotated`: The health of a resource was annotated.
    ResourceNotificationsHealthResourcesResourceAnnotated,
    /// `Microsoft.ResourceNotifications.Resources.CreatedOrUpdated`: A resource was created or updated.
    ResourceNotificationsResourcesCreatedOrUpdated,
    /// `Microsoft.ResourceNotifications.Resources.Deleted`: A resource was deleted.
    ResourceNotificationsResourcesDeleted,
    /// `Microsoft.Resources.ResourceActionCancel`: An action on a resource was cancelled.
    ResourceActionCancel,
    /// `Microsoft.Resources.ResourceActionFailure`: An action on a resource failed.
    ResourceActionFailure,
    /// `Microsoft.Resources.ResourceActionSuccess`: An action on a resource succeeded.
    ResourceActionSuccess,
    /// `Microsoft.Resources.ResourceDeleteCancel`: The deletion of a resource was cancelled.
    ResourceDeleteCancel,
    /// `Microsoft.Resources.ResourceDeleteFailure`: The deletion of a resource failed.
    ResourceDeleteFailure,
    /// `Microsoft.Resources.ResourceDeleteSuccess`: The deletion of a resource succeeded.
    ResourceDeleteSuccess,
    /// `Microsoft.Resources.ResourceWriteCancel`: Creating or updating a resource was cancelled.
    ResourceWriteCancel,
    /// `Microsoft.Resources.ResourceWriteFailure`: Creating or updating a resource failed.
    ResourceWriteFailure,
    /// `Microsoft.Resources.ResourceWriteSuccess`: Creating or updating a resource succeeded.
    ResourceWriteSuccess,
    /// `Microsoft.ServiceBus.ActiveMessagesAvailablePeriodicNotifications`: There are messages, and listeners too; raised periodically.
    ServiceBusActiveMessagesAvailablePeriodicNotifications,
    /// `Microsoft.ServiceBus.ActiveMessagesAvailableWithNoListeners`: There are messages, and nobody listens.
    ServiceBusActiveMessagesAvailableWithNoListeners,
    /// `Microsoft.ServiceBus.DeadletterMessagesAvailablePeriodicNotifications`: There are dead-lettered messages, and listeners too; raised periodically.
    ServiceBusDeadletterMessagesAvailablePeriodicNotifications,
    /// `Microsoft.ServiceBus.DeadletterMessagesAvailableWithNoListeners`: There are dead-lettered messages, and nobody listens.
    ServiceBusDeadletterMessagesAvailableWithNoListeners,
    /// `Microsoft.SignalRService.ClientConnectionConnected`: A client connected.
    SignalRServiceClientConnectionConnected,
    /// `Microsoft.SignalRService.ClientConnectionDisconnected`: A client disconnected.
    SignalRServiceClientConnectionDisconnected,
    /// `Microsoft.Storage.AsyncOperationInitiated`: An operation that takes its time was started, such as moving a blob out of the archive tier.
    StorageAsyncOperationInitiated,
    /// `Microsoft.Storage.BlobCreated`: A blob was created or replaced.
    StorageBlobCreated,
    /// `Microsoft.Storage.BlobDeleted`: A blob was deleted.
    StorageBlobDeleted,
    /// `Microsoft.Storage.BlobInventoryPolicyCompleted`: The run of a blob inventory rule ended.
    StorageBlobInventoryPolicyCompleted,
    /// `Microsoft.Storage.BlobRenamed`: A blob was renamed.
    StorageBlobRenamed,
    /// `Microsoft.Storage.BlobTierChanged`: The access tier of a blob changed.
    StorageBlobTierChanged,
    /// `Microsoft.Storage.DirectoryCreated`: A directory was created.
    StorageDirectoryCreated,
    /// `Microsoft.Storage.DirectoryDeleted`: A directory was deleted.
    StorageDirectoryDeleted,
    /// `Microsoft.Storage.DirectoryRenamed`: A directory was renamed.
    StorageDirectoryRenamed,
    /// `Microsoft.Storage.LifecyclePolicyCompleted`: The actions of a lifecycle policy ended.
    StorageLifecyclePolicyCompleted,
    /// `Microsoft.Storage.StorageTaskAssignmentCompleted`: The run of a storage task's assignment ended.
    StorageTaskAssignmentCompleted,
    /// `Microsoft.Storage.StorageTaskAssignmentQueued`: The run of a storage task's assignment was queued.
    StorageTaskAssignmentQueued,
    /// `Microsoft.Storage.StorageTaskCompleted`: A storage task ended; the older name of `StorageTaskAssignmentCompleted`.
    StorageTaskCompleted,
    /// `Microsoft.Storage.StorageTaskQueued`: A storage task was queued; the older name of `StorageTaskAssignmentQueued`.
    StorageTaskQueued,
    /// `Microsoft.Web.AppServicePlanUpdated`: An App Service plan was updated.
    WebAppServicePlanUpdated,
    /// `Microsoft.Web.AppUpdated`: An app was started, stopped, restarted or otherwise updated.
    WebAppUpdated,
    /// `Microsoft.Web.BackupOperationCompleted`: The backup of an app was completed.
    WebBackupOperationCompleted,
    /// `Microsoft.Web.BackupOperationFailed`: The backup of an app failed.
    WebBackupOperationFailed,
    /// `Microsoft.Web.BackupOperationStarted`: The backup of an app started.
    WebBackupOperationStarted,
    /// `Microsoft.Web.RestoreOperationCompleted`: An app was restored from a backup.
    WebRestoreOperationCompleted,
    /// `Microsoft.Web.RestoreOperationFailed`: Restoring an app from a backup failed.
    WebRestoreOperationFailed,
    /// `Microsoft.Web.RestoreOperationStarted`: Restoring an app from a backup started.
    WebRestoreOperationStarted,
    /// `Microsoft.Web.SlotSwapCompleted`: The swap of two deployment slots was completed.
    WebSlotSwapCompleted,
    /// `Microsoft.Web.SlotSwapFailed`: The swap of two deployment slots failed.
    WebSlotSwapFailed,
    /// `Microsoft.Web.SlotSwapStarted`: The swap of two deployment slots started.
    WebSlotSwapStarted,
    /// `Microsoft.Web.SlotSwapWithPreviewCancelled`: The swap of two deployment slots with preview was cancelled.
    WebSlotSwapWithPreviewCancelled,
    /// `Microsoft.Web.SlotSwapWithPreviewStarted`: The swap of two deployment slots with preview started.
    WebSlotSwapWithPreviewStarted,
}
