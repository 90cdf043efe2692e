//! The table of system events has all that others list.

use std::collections::BTreeSet;

use eventgrid::system_events::SystemEvent;

/// The 232 types that Microsoft's SDK for Python names (azure-eventgrid 4.22.1,
/// `SystemEventNames`), by service.
const OF_THE_PYTHON_SDK: [(&str, &str); 25] = [
    (
        "Microsoft.AVS",
        "ClusterCreated ClusterDeleted ClusterFailed ClusterUpdated ClusterUpdating \
         PrivateCloudFailed PrivateCloudUpdated PrivateCloudUpdating ScriptExecutionCancelled \
         ScriptExecutionFailed ScriptExecutionFinished ScriptExecutionStarted",
    ),
    ("Microsoft.ApiCenter", "ApiDefinitionAdded ApiDefinitionUpdated"),
    (
        "Microsoft.ApiManagement",
        "APICreated APIDeleted APIReleaseCreated APIReleaseDeleted APIReleaseUpdated APIUpdated \
         CircuitBreaker.Closed CircuitBreaker.Opened GatewayAPIAdded GatewayAPIRemoved \
         GatewayCertificateAuthorityCreated GatewayCertificateAuthorityDeleted \
         GatewayCertificateAuthorityUpdated GatewayCreated GatewayDeleted \
         GatewayHostnameConfigurationCreated GatewayHostnameConfigurationDeleted \
         GatewayHostnameConfigurationUpdated GatewayTokenExpired GatewayTokenNearExpiry \
         GatewayUpdated ProductCreated ProductDeleted ProductUpdated SubscriptionCreated \
         SubscriptionDeleted SubscriptionUpdated UserCreated UserDeleted UserUpdated",
    ),
    ("Microsoft.AppConfiguration", "KeyValueDeleted KeyValueModified SnapshotCreated SnapshotModified"),
    ("Microsoft.Cache", "ExportRDBCompleted ImportRDBCompleted PatchingCompleted ScalingCompleted"),
    (
        "Microsoft.Communication",
        "AdvancedMessageDeliveryStatusUpdated AdvancedMessageReceived CallEnded \
         CallParticipantAdded CallParticipantRemoved CallStarted \
         ChatAzureBotCommandReceivedInThread ChatMemberAddedToThreadWithUser \
         ChatMemberRemovedFromThreadWithUser ChatMessageDeleted ChatMessageDeletedInThread \
         ChatMessageEdited ChatMessageEditedInThread ChatMessageReceived \
         ChatMessageReceivedInThread ChatParticipantAddedToThreadWithUser \
         ChatParticipantRemovedFromThreadWithUser ChatThreadCreated ChatThreadCreatedWithUser \
         ChatThreadDeleted ChatThreadParticipantAdded ChatThreadParticipantRemoved \
         ChatThreadPropertiesUpdated ChatThreadPropertiesUpdatedPerUser ChatThreadWithUserDeleted \
         ChatTypingIndicatorReceivedInThread EmailDeliveryReportReceived \
         EmailEngagementTrackingReportReceived IncomingCall RecordingFileStatusUpdated \
         RouterJobCancelled RouterJobClassificationFailed RouterJobClassified RouterJobClosed \
         RouterJobCompleted RouterJobDeleted RouterJobExceptionTriggered RouterJobQueued \
         RouterJobReceived RouterJobSchedulingFailed RouterJobUnassigned \
         RouterJobWaitingForActivation RouterJobWorkerSelectorsExpired RouterWorkerDeleted \
         RouterWorkerDeregistered RouterWorkerOfferAccepted RouterWorkerOfferDeclined \
         RouterWorkerOfferExpired RouterWorkerOfferIssued RouterWorkerOfferRevoked \
         RouterWorkerRegistered RouterWorkerUpdated SMSDeliveryReportReceived SMSReceived \
         UserDisconnected",
    ),
    ("Microsoft.ContainerRegistry", "ChartDeleted ChartPushed ImageDeleted ImagePushed"),
    (
        "Microsoft.ContainerService",
        "ClusterSupportEnded ClusterSupportEnding NewKubernetesVersionAvailable \
         NodePoolRollingFailed NodePoolRollingStarted NodePoolRollingSucceeded",
    ),
    ("Microsoft.DataBox", "CopyCompleted CopyStarted OrderCompleted"),
    ("Microsoft.Devices", "DeviceConnected DeviceCreated DeviceDeleted DeviceDisconnected DeviceTelemetry"),
    ("Microsoft.Edge", "SolutionVersionPublished"),
    (
        "Microsoft.EventGrid",
        "MQTTClientCreatedOrUpdated MQTTClientDeleted MQTTClientSessionConnected \
         MQTTClientSessionDisconnected SubscriptionDeletedEvent SubscriptionValidationEvent",
    ),
    ("Microsoft.EventHub", "CaptureFileCreated"),
    (
        "Microsoft.HealthcareApis",
        "DicomImageCreated DicomImageDeleted DicomImageUpdated FhirResourceCreated \
         FhirResourceDeleted FhirResourceUpdated",
    ),
    (
        "Microsoft.KeyVault",
        "CertificateExpired CertificateNearExpiry CertificateNewVersionCreated KeyExpired \
         KeyNearExpiry KeyNewVersionCreated SecretExpired SecretNearExpiry \
         SecretNewVersionCreated VaultAccessPolicyChanged",
    ),
    (
        "Microsoft.MachineLearningServices",
        "DatasetDriftDetected ModelDeployed ModelRegistered RunCompleted RunStatusChanged",
    ),
    ("Microsoft.Maps", "GeofenceEntered GeofenceExited GeofenceResult"),
    (
        "Microsoft.Media",
        "JobCanceled JobCanceling JobErrored JobFinished JobOutputCanceled JobOutputCanceling \
         JobOutputErrored JobOutputFinished JobOutputProcessing JobOutputProgress \
         JobOutputScheduled JobOutputStateChange JobProcessing JobScheduled JobStateChange \
         LiveEventChannelArchiveHeartbeat LiveEventConnectionRejected LiveEventEncoderConnected \
         LiveEventEncoderDisconnected LiveEventIncomingDataChunkDropped \
         LiveEventIncomingStreamReceived LiveEventIncomingStreamsOutOfSync \
         LiveEventIncomingVideoStreamsOutOfSync LiveEventIngestHeartbeat \
         LiveEventTrackDiscontinuityDetected",
    ),
    ("Microsoft.PolicyInsights", "PolicyStateChanged PolicyStateCreated PolicyStateDeleted"),
    (
        "Microsoft.ResourceNotifications",
        "ContainerServiceEventResources.ScheduledEventEmitted \
         HealthResources.AvailabilityStatusChanged HealthResources.ResourceAnnotated \
         Resources.CreatedOrUpdated Resources.Deleted",
    ),
    (
        "Microsoft.Resources",
        "ResourceActionCancel ResourceActionFailure ResourceActionSuccess ResourceDeleteCancel \
         ResourceDeleteFailure ResourceDeleteSuccess ResourceWriteCancel ResourceWriteFailure \
         ResourceWriteSuccess",
    ),
    (
        "Microsoft.ServiceBus",
        "ActiveMessagesAvailablePeriodicNotifications ActiveMessagesAvailableWithNoListeners \
         DeadletterMessagesAvailablePeriodicNotifications \
         DeadletterMessagesAvailableWithNoListeners",
    ),
    ("Microsoft.SignalRService", "ClientConnectionConnected ClientConnectionDisconnected"),
    (
        "Microsoft.Storage",
        "AsyncOperationInitiated BlobCreated BlobDeleted BlobInventoryPolicyCompleted BlobRenamed \
         BlobTierChanged DirectoryCreated DirectoryDeleted DirectoryRenamed \
         LifecyclePolicyCompleted StorageTaskAssignmentCompleted StorageTaskAssignmentQueued \
         StorageTaskCompleted StorageTaskQueued",
    ),
    (
        "Microsoft.Web",
        "AppServicePlanUpdated AppUpdated BackupOperationCompleted BackupOperationFailed \
         BackupOperationStarted RestoreOperationCompleted RestoreOperationFailed \
         RestoreOperationStarted SlotSwapCompleted SlotSwapFailed SlotSwapStarted \
         SlotSwapWithPreviewCancelled SlotSwapWithPreviewStarted",
    ),
];

/// Types that stand on pages of the documentation of Event Grid, each with the name of the page.
const OF_PAGES: [(&str, &str, &str); 13] = [
    (
        "event-schema-aks-resources",
        "Microsoft.ResourceNotifications.AKSResources",
        "FleetGateCreated FleetGateUpdated FleetGateDeleted",
    ),
    (
        "communication-services-advanced-messaging-events",
        "Microsoft.Communication",
        "AdvancedMessageReceived AdvancedMessageDeliveryStatusUpdated AdvancedMessageAnalysisCompleted",
    ),
    (
        "event-schema-data-manager-for-agriculture: management",
        "Microsoft.AgFoodPlatform",
        "PartyChanged FarmChanged.V2 FieldChanged.V2 SeasonChanged SeasonalFieldChanged.V2 BoundaryChanged.V2 CropChanged \
         CropProductChanged AttachmentChanged.V2 ManagementZoneChanged.V2 ZoneChanged.V2",
    ),
    (
        "event-schema-data-manager-for-agriculture: others",
        "Microsoft.AgFoodPlatform",
        "SatelliteDataIngestionJobStatusChanged.V2 WeatherDataIngestionJobStatusChanged.V2 \
         WeatherDataRefresherJobStatusChanged.V2 ApplicationDataChanged.V2 HarvestDataChanged.V2 TillageDataChanged.V2 \
         PlantingDataChanged.V2 ImageProcessingRasterizeJobStatusChanged.V2 FarmOperationDataIngestionJobStatusChanged.V2 \
         SensorMappingChanged.V2 SensorPartnerIntegrationChanged.V2 DeviceDataModelChanged DeviceChanged SensorDataModelChanged \
         SensorChanged PrescriptionChanged.V2 PrescriptionMapChanged.V2 PlantTissueAnalysisChanged.V2 \
         NutrientAnalysisChanged.V2 InsightChanged.V2 InsightAttachmentChanged.V2 BiomassModelJobStatusChanged.V2 \
         SoilMoistureModelJobStatusChanged.V2 SensorPlacementModelJobStatusChanged.V2",
    ),
    ("microsoft-entra-events", "Microsoft.Graph", "UserUpdated UserDeleted GroupUpdated GroupDeleted"),
    (
        "outlook-events",
        "Microsoft.Graph",
        "EventCreated EventUpdated EventDeleted ContactCreated ContactUpdated ContactDeleted",
    ),
    (
        "teams-events",
        "Microsoft.Graph",
        "CallRecordCreated CallRecordUpdated ChatMessageCreated ChatMessageUpdated ChatMessageDeleted",
    ),
    ("one-drive-events", "Microsoft.Graph", "DriveItemUpdated"),
    ("share-point-events", "Microsoft.Graph", "ListUpdated"),
    ("to-do-events", "Microsoft.Graph", "ToDoCreated ToDoUpdated ToDoDeleted"),
    ("security-alert-events", "Microsoft.Graph", "AlertCreated"),
    ("cloud-printing-events", "Microsoft.Graph", "PrinterUpdated PrintTaskDefinitionCreated"),
    ("conversation-events", "Microsoft.Graph", "ConversationCreated ConversationUpdated ConversationDeleted"),
];

fn of_the_python_sdk() -> impl Iterator<Item = String> {
    OF_THE_PYTHON_SDK.into_iter().flat_map(|(service, names)| types(service, names))
}

fn types<'t>(service: &'t str, names: &'t str) -> impl Iterator<Item = String> + 't {
    names.split(' ').map(move |name| format!("{service}.{name}"))
}

#[test]
fn every_type_of_the_python_sdk_is_known() {
    let all: BTreeSet<String> = of_the_python_sdk().collect();
    assert_eq!(all.len(), 232);
    for event_type in &all {
        let event = SystemEvent::from_type(event_type).unwrap_or_else(|| panic!("{event_type} is not known"));
        assert_eq!(event.event_type(), event_type);
    }
}

#[test]
fn every_type_of_the_pages_is_known() {
    for (page, service, names) in OF_PAGES {
        for event_type in types(service, names) {
            let event = SystemEvent::from_type(&event_type);
            assert_eq!(event.map(SystemEvent::event_type), Some(&*event_type), "{page}");
        }
    }
}

#[test]
fn no_type_is_invented() {
    let pages = OF_PAGES.into_iter().flat_map(|(_, service, names)| types(service, names));
    let listed: BTreeSet<String> = of_the_python_sdk().chain(pages).collect();
    let known: BTreeSet<String> = SystemEvent::all().map(|event| event.event_type().to_owned()).collect();
    assert_eq!(known, listed);
}

#[test]
fn modules_are_named_as_services_and_variants_after_both() {
    use eventgrid::system_events::{ag_food_platform, graph, resource_notifications};

    for (event, event_type) in [
        (
            SystemEvent::ResourceNotificationsAksResourcesFleetGateCreated,
            resource_notifications::AKS_RESOURCES_FLEET_GATE_CREATED,
        ),
        (SystemEvent::AgFoodPlatformFarmChangedV2, ag_food_platform::FARM_CHANGED_V2),
        (SystemEvent::GraphUserUpdated, graph::USER_UPDATED),
    ] {
        assert_eq!(event.event_type(), event_type);
    }
}
