//! Every type of event that Azure services publish themselves.
//!
//! Where a comment names a page, the types stand there, at
//! `https://learn.microsoft.com/azure/event-grid/` and the page's name; all others are those that
//! Microsoft's SDK for Python lists (azure-eventgrid 4.22.1), and its pages too.

/// Makes a module with a constant per type for each service, the enum of all of them, and the table
/// to look them up.
macro_rules! system_events {
    ($(
        $service:literal
        $module:ident { $($constant:ident $variant:ident $event_type:literal $what_happened:literal)* }
    )*) => {
        $(
            #[doc = $service]
            pub mod $module {
                $(
                    #[doc = $what_happened]
                    pub const $constant: &str = $event_type;
                )*
            }
        )*

        /// An event that an Azure service publishes itself.
        ///
        /// More of them may come with any version of this crate.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum SystemEvent {
            $($(
                #[doc = concat!("`", $event_type, "`: ", $what_happened)]
                $variant,
            )*)*
        }

        /// Every system event with its type, in the order of the variants, which is that of the
        /// types.
        pub(super) const TABLE: &[(SystemEvent, &str)] = &[$($((SystemEvent::$variant, $event_type),)*)*];
    };
}

// For each service: its name, its module, and for each type the constant, the variant, the type and
// what happened. Services and types are in the order of the types' bytes.
system_events! {
    "Azure `VMware` Solution."
    avs {
        CLUSTER_CREATED AvsClusterCreated "Microsoft.AVS.ClusterCreated" "A cluster was created."
        CLUSTER_DELETED AvsClusterDeleted "Microsoft.AVS.ClusterDeleted" "A cluster was deleted."
        CLUSTER_FAILED AvsClusterFailed "Microsoft.AVS.ClusterFailed" "Creating, updating or deleting a cluster failed."
        CLUSTER_UPDATED AvsClusterUpdated "Microsoft.AVS.ClusterUpdated" "A cluster was updated."
        CLUSTER_UPDATING AvsClusterUpdating "Microsoft.AVS.ClusterUpdating" "A cluster is being updated."
        PRIVATE_CLOUD_FAILED AvsPrivateCloudFailed "Microsoft.AVS.PrivateCloudFailed" "Updating or deleting a private cloud failed."
        PRIVATE_CLOUD_UPDATED AvsPrivateCloudUpdated "Microsoft.AVS.PrivateCloudUpdated" "A private cloud was updated."
        PRIVATE_CLOUD_UPDATING AvsPrivateCloudUpdating "Microsoft.AVS.PrivateCloudUpdating" "A private cloud is being updated."
        SCRIPT_EXECUTION_CANCELLED AvsScriptExecutionCancelled "Microsoft.AVS.ScriptExecutionCancelled" "The execution of a script was cancelled."
        SCRIPT_EXECUTION_FAILED AvsScriptExecutionFailed "Microsoft.AVS.ScriptExecutionFailed" "The execution of a script failed."
        SCRIPT_EXECUTION_FINISHED AvsScriptExecutionFinished "Microsoft.AVS.ScriptExecutionFinished" "The execution of a script finished."
        SCRIPT_EXECUTION_STARTED AvsScriptExecutionStarted "Microsoft.AVS.ScriptExecutionStarted" "The execution of a script started."
    }
    "Azure Data Manager for Agriculture."
    // Page event-schema-data-manager-for-agriculture (preview). A page of samples of that service
    // writes some of them without the point before `V2`.
    ag_food_platform {
        APPLICATION_DATA_CHANGED_V2 AgFoodPlatformApplicationDataChangedV2 "Microsoft.AgFoodPlatform.ApplicationDataChanged.V2" "Application data was created, updated or deleted."
        ATTACHMENT_CHANGED_V2 AgFoodPlatformAttachmentChangedV2 "Microsoft.AgFoodPlatform.AttachmentChanged.V2" "An attachment was created, updated or deleted."
        BIOMASS_MODEL_JOB_STATUS_CHANGED_V2 AgFoodPlatformBiomassModelJobStatusChangedV2 "Microsoft.AgFoodPlatform.BiomassModelJobStatusChanged.V2" "The status of a job that models biomass changed."
        BOUNDARY_CHANGED_V2 AgFoodPlatformBoundaryChangedV2 "Microsoft.AgFoodPlatform.BoundaryChanged.V2" "A boundary was created, updated or deleted."
        CROP_CHANGED AgFoodPlatformCropChanged "Microsoft.AgFoodPlatform.CropChanged" "A crop was created, updated or deleted."
        CROP_PRODUCT_CHANGED AgFoodPlatformCropProductChanged "Microsoft.AgFoodPlatform.CropProductChanged" "A crop product was created, updated or deleted."
        DEVICE_CHANGED AgFoodPlatformDeviceChanged "Microsoft.AgFoodPlatform.DeviceChanged" "A device was created, updated or deleted."
        DEVICE_DATA_MODEL_CHANGED AgFoodPlatformDeviceDataModelChanged "Microsoft.AgFoodPlatform.DeviceDataModelChanged" "A device data model was created, updated or deleted."
        FARM_CHANGED_V2 AgFoodPlatformFarmChangedV2 "Microsoft.AgFoodPlatform.FarmChanged.V2" "A farm was created, updated or deleted."
        FARM_OPERATION_DATA_INGESTION_JOB_STATUS_CHANGED_V2 AgFoodPlatformFarmOperationDataIngestionJobStatusChangedV2 "Microsoft.AgFoodPlatform.FarmOperationDataIngestionJobStatusChanged.V2" "The status of a job that ingests data of farm operations changed."
        FIELD_CHANGED_V2 AgFoodPlatformFieldChangedV2 "Microsoft.AgFoodPlatform.FieldChanged.V2" "A field was created, updated or deleted."
        HARVEST_DATA_CHANGED_V2 AgFoodPlatformHarvestDataChangedV2 "Microsoft.AgFoodPlatform.HarvestDataChanged.V2" "Harvest data was created, updated or deleted."
        IMAGE_PROCESSING_RASTERIZE_JOB_STATUS_CHANGED_V2 AgFoodPlatformImageProcessingRasterizeJobStatusChangedV2 "Microsoft.AgFoodPlatform.ImageProcessingRasterizeJobStatusChanged.V2" "The status of a job that rasterizes images changed."
        INSIGHT_ATTACHMENT_CHANGED_V2 AgFoodPlatformInsightAttachmentChangedV2 "Microsoft.AgFoodPlatform.InsightAttachmentChanged.V2" "An insight attachment was created, updated or deleted."
        INSIGHT_CHANGED_V2 AgFoodPlatformInsightChangedV2 "Microsoft.AgFoodPlatform.InsightChanged.V2" "An insight was created, updated or deleted."
        MANAGEMENT_ZONE_CHANGED_V2 AgFoodPlatformManagementZoneChangedV2 "Microsoft.AgFoodPlatform.ManagementZoneChanged.V2" "A management zone was created, updated or deleted."
        NUTRIENT_ANALYSIS_CHANGED_V2 AgFoodPlatformNutrientAnalysisChangedV2 "Microsoft.AgFoodPlatform.NutrientAnalysisChanged.V2" "A nutrient analysis was created, updated or deleted."
        PARTY_CHANGED AgFoodPlatformPartyChanged "Microsoft.AgFoodPlatform.PartyChanged" "A party was created, updated or deleted."
        PLANT_TISSUE_ANALYSIS_CHANGED_V2 AgFoodPlatformPlantTissueAnalysisChangedV2 "Microsoft.AgFoodPlatform.PlantTissueAnalysisChanged.V2" "A plant tissue analysis was created, updated or deleted."
        PLANTING_DATA_CHANGED_V2 AgFoodPlatformPlantingDataChangedV2 "Microsoft.AgFoodPlatform.PlantingDataChanged.V2" "Planting data was created, updated or deleted."
        PRESCRIPTION_CHANGED_V2 AgFoodPlatformPrescriptionChangedV2 "Microsoft.AgFoodPlatform.PrescriptionChanged.V2" "A prescription was created, updated or deleted."
        PRESCRIPTION_MAP_CHANGED_V2 AgFoodPlatformPrescriptionMapChangedV2 "Microsoft.AgFoodPlatform.PrescriptionMapChanged.V2" "A prescription map was created, updated or deleted."
        SATELLITE_DATA_INGESTION_JOB_STATUS_CHANGED_V2 AgFoodPlatformSatelliteDataIngestionJobStatusChangedV2 "Microsoft.AgFoodPlatform.SatelliteDataIngestionJobStatusChanged.V2" "The status of a job that ingests satellite data changed."
        SEASON_CHANGED AgFoodPlatformSeasonChanged "Microsoft.AgFoodPlatform.SeasonChanged" "A season was created, updated or deleted."
        SEASONAL_FIELD_CHANGED_V2 AgFoodPlatformSeasonalFieldChangedV2 "Microsoft.AgFoodPlatform.SeasonalFieldChanged.V2" "A seasonal field was created, updated or deleted."
        SENSOR_CHANGED AgFoodPlatformSensorChanged "Microsoft.AgFoodPlatform.SensorChanged" "A sensor was created, updated or deleted."
        SENSOR_DATA_MODEL_CHANGED AgFoodPlatformSensorDataModelChanged "Microsoft.AgFoodPlatform.SensorDataModelChanged" "A sensor data model was created, updated or deleted."
        SENSOR_MAPPING_CHANGED_V2 AgFoodPlatformSensorMappingChangedV2 "Microsoft.AgFoodPlatform.SensorMappingChanged.V2" "A sensor mapping was created, updated or deleted."
        SENSOR_PARTNER_INTEGRATION_CHANGED_V2 AgFoodPlatformSensorPartnerIntegrationChangedV2 "Microsoft.AgFoodPlatform.SensorPartnerIntegrationChanged.V2" "An integration of a sensor partner was created, updated or deleted."
        SENSOR_PLACEMENT_MODEL_JOB_STATUS_CHANGED_V2 AgFoodPlatformSensorPlacementModelJobStatusChangedV2 "Microsoft.AgFoodPlatform.SensorPlacementModelJobStatusChanged.V2" "The status of a job that models where sensors belong changed."
        SOIL_MOISTURE_MODEL_JOB_STATUS_CHANGED_V2 AgFoodPlatformSoilMoistureModelJobStatusChangedV2 "Microsoft.AgFoodPlatform.SoilMoistureModelJobStatusChanged.V2" "The status of a job that models soil moisture changed."
        TILLAGE_DATA_CHANGED_V2 AgFoodPlatformTillageDataChangedV2 "Microsoft.AgFoodPlatform.TillageDataChanged.V2" "Tillage data was created, updated or deleted."
        WEATHER_DATA_INGESTION_JOB_STATUS_CHANGED_V2 AgFoodPlatformWeatherDataIngestionJobStatusChangedV2 "Microsoft.AgFoodPlatform.WeatherDataIngestionJobStatusChanged.V2" "The status of a job that ingests weather data changed."
        WEATHER_DATA_REFRESHER_JOB_STATUS_CHANGED_V2 AgFoodPlatformWeatherDataRefresherJobStatusChangedV2 "Microsoft.AgFoodPlatform.WeatherDataRefresherJobStatusChanged.V2" "The status of a job that refreshes weather data changed."
        ZONE_CHANGED_V2 AgFoodPlatformZoneChangedV2 "Microsoft.AgFoodPlatform.ZoneChanged.V2" "A zone was created, updated or deleted."
    }
    "Azure API Center."
    api_center {
        API_DEFINITION_ADDED ApiCenterApiDefinitionAdded "Microsoft.ApiCenter.ApiDefinitionAdded" "An API definition was added."
        API_DEFINITION_UPDATED ApiCenterApiDefinitionUpdated "Microsoft.ApiCenter.ApiDefinitionUpdated" "An API definition was updated."
    }
    "Azure API Management."
    api_management {
        API_CREATED ApiManagementApiCreated "Microsoft.ApiManagement.APICreated" "An API was created."
        API_DELETED ApiManagementApiDeleted "Microsoft.ApiManagement.APIDeleted" "An API was deleted."
        API_RELEASE_CREATED ApiManagementApiReleaseCreated "Microsoft.ApiManagement.APIReleaseCreated" "A release of an API was created."
        API_RELEASE_DELETED ApiManagementApiReleaseDeleted "Microsoft.ApiManagement.APIReleaseDeleted" "A release of an API was deleted."
        API_RELEASE_UPDATED ApiManagementApiReleaseUpdated "Microsoft.ApiManagement.APIReleaseUpdated" "A release of an API was updated."
        API_UPDATED ApiManagementApiUpdated "Microsoft.ApiManagement.APIUpdated" "An API was updated."
        CIRCUIT_BREAKER_CLOSED ApiManagementCircuitBreakerClosed "Microsoft.ApiManagement.CircuitBreaker.Closed" "The circuit breaker of a backend closed: requests flow again."
        CIRCUIT_BREAKER_OPENED ApiManagementCircuitBreakerOpened "Microsoft.ApiManagement.CircuitBreaker.Opened" "The circuit breaker of a backend opened: requests are held off."
        GATEWAY_API_ADDED ApiManagementGatewayApiAdded "Microsoft.ApiManagement.GatewayAPIAdded" "An API was added to a self-hosted gateway."
        GATEWAY_API_REMOVED ApiManagementGatewayApiRemoved "Microsoft.ApiManagement.GatewayAPIRemoved" "An API was removed from a self-hosted gateway."
        GATEWAY_CERTIFICATE_AUTHORITY_CREATED ApiManagementGatewayCertificateAuthorityCreated "Microsoft.ApiManagement.GatewayCertificateAuthorityCreated" "A certificate authority was added to a self-hosted gateway."
        GATEWAY_CERTIFICATE_AUTHORITY_DELETED ApiManagementGatewayCertificateAuthorityDeleted "Microsoft.ApiManagement.GatewayCertificateAuthorityDeleted" "A certificate authority was removed from a self-hosted gateway."
        GATEWAY_CERTIFICATE_AUTHORITY_UPDATED ApiManagementGatewayCertificateAuthorityUpdated "Microsoft.ApiManagement.GatewayCertificateAuthorityUpdated" "A certificate authority of a self-hosted gateway was updated."
        GATEWAY_CREATED ApiManagementGatewayCreated "Microsoft.ApiManagement.GatewayCreated" "A self-hosted gateway was created."
        GATEWAY_DELETED ApiManagementGatewayDeleted "Microsoft.ApiManagement.GatewayDeleted" "A self-hosted gateway was deleted."
        GATEWAY_HOSTNAME_CONFIGURATION_CREATED ApiManagementGatewayHostnameConfigurationCreated "Microsoft.ApiManagement.GatewayHostnameConfigurationCreated" "A host name configuration of a self-hosted gateway was created."
        GATEWAY_HOSTNAME_CONFIGURATION_DELETED ApiManagementGatewayHostnameConfigurationDeleted "Microsoft.ApiManagement.GatewayHostnameConfigurationDeleted" "A host name configuration of a self-hosted gateway was deleted."
        GATEWAY_HOSTNAME_CONFIGURATION_UPDATED ApiManagementGatewayHostnameConfigurationUpdated "Microsoft.ApiManagement.GatewayHostnameConfigurationUpdated" "A host name configuration of a self-hosted gateway was updated."
        GATEWAY_TOKEN_EXPIRED ApiManagementGatewayTokenExpired "Microsoft.ApiManagement.GatewayTokenExpired" "The access token of a self-hosted gateway expired."
        GATEWAY_TOKEN_NEAR_EXPIRY ApiManagementGatewayTokenNearExpiry "Microsoft.ApiManagement.GatewayTokenNearExpiry" "The access token of a self-hosted gateway expires soon."
        GATEWAY_UPDATED ApiManagementGatewayUpdated "Microsoft.ApiManagement.GatewayUpdated" "A self-hosted gateway was updated."
        PRODUCT_CREATED ApiManagementProductCreated "Microsoft.ApiManagement.ProductCreated" "A product was created."
        PRODUCT_DELETED ApiManagementProductDeleted "Microsoft.ApiManagement.ProductDeleted" "A product was deleted."
        PRODUCT_UPDATED ApiManagementProductUpdated "Microsoft.ApiManagement.ProductUpdated" "A product was updated."
        SUBSCRIPTION_CREATED ApiManagementSubscriptionCreated "Microsoft.ApiManagement.SubscriptionCreated" "A subscription to an API or a product was created."
        SUBSCRIPTION_DELETED ApiManagementSubscriptionDeleted "Microsoft.ApiManagement.SubscriptionDeleted" "A subscription to an API or a product was deleted."
        SUBSCRIPTION_UPDATED ApiManagementSubscriptionUpdated "Microsoft.ApiManagement.SubscriptionUpdated" "A subscription to an API or a product was updated."
        USER_CREATED ApiManagementUserCreated "Microsoft.ApiManagement.UserCreated" "A user was created."
        USER_DELETED ApiManagementUserDeleted "Microsoft.ApiManagement.UserDeleted" "A user was deleted."
        USER_UPDATED ApiManagementUserUpdated "Microsoft.ApiManagement.UserUpdated" "A user was updated."
    }
    "Azure App Configuration."
    app_configuration {
        KEY_VALUE_DELETED AppConfigurationKeyValueDeleted "Microsoft.AppConfiguration.KeyValueDeleted" "A key-value was deleted."
        KEY_VALUE_MODIFIED AppConfigurationKeyValueModified "Microsoft.AppConfiguration.KeyValueModified" "A key-value was created or modified."
        SNAPSHOT_CREATED AppConfigurationSnapshotCreated "Microsoft.AppConfiguration.SnapshotCreated" "A snapshot was created."
        SNAPSHOT_MODIFIED AppConfigurationSnapshotModified "Microsoft.AppConfiguration.SnapshotModified" "A snapshot was modified."
    }
    "Azure Cache for Redis."
    cache {
        EXPORT_RDB_COMPLETED CacheExportRdbCompleted "Microsoft.Cache.ExportRDBCompleted" "The export of a cache's data ended."
        IMPORT_RDB_COMPLETED CacheImportRdbCompleted "Microsoft.Cache.ImportRDBCompleted" "The import of data into a cache ended."
        PATCHING_COMPLETED CachePatchingCompleted "Microsoft.Cache.PatchingCompleted" "The patching of a cache ended."
        SCALING_COMPLETED CacheScalingCompleted "Microsoft.Cache.ScalingCompleted" "The scaling of a cache ended."
    }
    "Azure Communication Services."
    communication {
        // Page communication-services-advanced-messaging-events (preview).
        ADVANCED_MESSAGE_ANALYSIS_COMPLETED CommunicationAdvancedMessageAnalysisCompleted "Microsoft.Communication.AdvancedMessageAnalysisCompleted" "A message that a customer sent was analysed."
        ADVANCED_MESSAGE_DELIVERY_STATUS_UPDATED CommunicationAdvancedMessageDeliveryStatusUpdated "Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated" "The delivery status of an advanced message changed."
        ADVANCED_MESSAGE_RECEIVED CommunicationAdvancedMessageReceived "Microsoft.Communication.AdvancedMessageReceived" "An advanced message was received."
        CALL_ENDED CommunicationCallEnded "Microsoft.Communication.CallEnded" "A call ended."
        CALL_PARTICIPANT_ADDED CommunicationCallParticipantAdded "Microsoft.Communication.CallParticipantAdded" "A participant joined a call."
        CALL_PARTICIPANT_REMOVED CommunicationCallParticipantRemoved "Microsoft.Communication.CallParticipantRemoved" "A participant left a call."
        CALL_STARTED CommunicationCallStarted "Microsoft.Communication.CallStarted" "A call started."
        CHAT_AZURE_BOT_COMMAND_RECEIVED_IN_THREAD CommunicationChatAzureBotCommandReceivedInThread "Microsoft.Communication.ChatAzureBotCommandReceivedInThread" "A command for a bot was received in a chat thread."
        CHAT_MEMBER_ADDED_TO_THREAD_WITH_USER CommunicationChatMemberAddedToThreadWithUser "Microsoft.Communication.ChatMemberAddedToThreadWithUser" "A member was added to a chat thread that a user is in; the older name of `ChatParticipantAddedToThreadWithUser`."
        CHAT_MEMBER_REMOVED_FROM_THREAD_WITH_USER CommunicationChatMemberRemovedFromThreadWithUser "Microsoft.Communication.ChatMemberRemovedFromThreadWithUser" "A member was removed from a chat thread that a user is in; the older name of `ChatParticipantRemovedFromThreadWithUser`."
        CHAT_MESSAGE_DELETED CommunicationChatMessageDeleted "Microsoft.Communication.ChatMessageDeleted" "A chat message to a user was deleted."
        CHAT_MESSAGE_DELETED_IN_THREAD CommunicationChatMessageDeletedInThread "Microsoft.Communication.ChatMessageDeletedInThread" "A message of a chat thread was deleted."
        CHAT_MESSAGE_EDITED CommunicationChatMessageEdited "Microsoft.Communication.ChatMessageEdited" "A chat message to a user was edited."
        CHAT_MESSAGE_EDITED_IN_THREAD CommunicationChatMessageEditedInThread "Microsoft.Communication.ChatMessageEditedInThread" "A message of a chat thread was edited."
        CHAT_MESSAGE_RECEIVED CommunicationChatMessageReceived "Microsoft.Communication.ChatMessageReceived" "A user received a chat message."
        CHAT_MESSAGE_RECEIVED_IN_THREAD CommunicationChatMessageReceivedInThread "Microsoft.Communication.ChatMessageReceivedInThread" "A chat thread received a message."
        CHAT_PARTICIPANT_ADDED_TO_THREAD_WITH_USER CommunicationChatParticipantAddedToThreadWithUser "Microsoft.Communication.ChatParticipantAddedToThreadWithUser" "A participant was added to a chat thread that a user is in."
        CHAT_PARTICIPANT_REMOVED_FROM_THREAD_WITH_USER CommunicationChatParticipantRemovedFromThreadWithUser "Microsoft.Communication.ChatParticipantRemovedFromThreadWithUser" "A participant was removed from a chat thread that a user is in."
        CHAT_THREAD_CREATED CommunicationChatThreadCreated "Microsoft.Communication.ChatThreadCreated" "A chat thread was created."
        CHAT_THREAD_CREATED_WITH_USER CommunicationChatThreadCreatedWithUser "Microsoft.Communication.ChatThreadCreatedWithUser" "A chat thread was created with a user in it."
        CHAT_THREAD_DELETED CommunicationChatThreadDeleted "Microsoft.Communication.ChatThreadDeleted" "A chat thread was deleted."
        CHAT_THREAD_PARTICIPANT_ADDED CommunicationChatThreadParticipantAdded "Microsoft.Communication.ChatThreadParticipantAdded" "A participant was added to a chat thread."
        CHAT_THREAD_PARTICIPANT_REMOVED CommunicationChatThreadParticipantRemoved "Microsoft.Communication.ChatThreadParticipantRemoved" "A participant was removed from a chat thread."
        CHAT_THREAD_PROPERTIES_UPDATED CommunicationChatThreadPropertiesUpdated "Microsoft.Communication.ChatThreadPropertiesUpdated" "The properties of a chat thread were updated."
        CHAT_THREAD_PROPERTIES_UPDATED_PER_USER CommunicationChatThreadPropertiesUpdatedPerUser "Microsoft.Communication.ChatThreadPropertiesUpdatedPerUser" "The properties of a chat thread that a user is in were updated."
        CHAT_THREAD_WITH_USER_DELETED CommunicationChatThreadWithUserDeleted "Microsoft.Communication.ChatThreadWithUserDeleted" "A chat thread that a user is in was deleted."
        CHAT_TYPING_INDICATOR_RECEIVED_IN_THREAD CommunicationChatTypingIndicatorReceivedInThread "Microsoft.Communication.ChatTypingIndicatorReceivedInThread" "Someone in a chat thread is typing."
        EMAIL_DELIVERY_REPORT_RECEIVED CommunicationEmailDeliveryReportReceived "Microsoft.Communication.EmailDeliveryReportReceived" "A report came on the delivery of an email."
        EMAIL_ENGAGEMENT_TRACKING_REPORT_RECEIVED CommunicationEmailEngagementTrackingReportReceived "Microsoft.Communication.EmailEngagementTrackingReportReceived" "A recipient opened an email, or followed a link in it."
        INCOMING_CALL CommunicationIncomingCall "Microsoft.Communication.IncomingCall" "A call comes in."
        RECORDING_FILE_STATUS_UPDATED CommunicationRecordingFileStatusUpdated "Microsoft.Communication.RecordingFileStatusUpdated" "The recording of a call is available."
        ROUTER_JOB_CANCELLED CommunicationRouterJobCancelled "Microsoft.Communication.RouterJobCancelled" "A job was cancelled."
        ROUTER_JOB_CLASSIFICATION_FAILED CommunicationRouterJobClassificationFailed "Microsoft.Communication.RouterJobClassificationFailed" "A job could not be classified."
        ROUTER_JOB_CLASSIFIED CommunicationRouterJobClassified "Microsoft.Communication.RouterJobClassified" "A job was classified."
        ROUTER_JOB_CLOSED CommunicationRouterJobClosed "Microsoft.Communication.RouterJobClosed" "A job was closed."
        ROUTER_JOB_COMPLETED CommunicationRouterJobCompleted "Microsoft.Communication.RouterJobCompleted" "A job was completed."
        ROUTER_JOB_DELETED CommunicationRouterJobDeleted "Microsoft.Communication.RouterJobDeleted" "A job was deleted."
        ROUTER_JOB_EXCEPTION_TRIGGERED CommunicationRouterJobExceptionTriggered "Microsoft.Communication.RouterJobExceptionTriggered" "A job met the conditions of an exception policy."
        ROUTER_JOB_QUEUED CommunicationRouterJobQueued "Microsoft.Communication.RouterJobQueued" "A job was queued."
        ROUTER_JOB_RECEIVED CommunicationRouterJobReceived "Microsoft.Communication.RouterJobReceived" "A job was received."
        ROUTER_JOB_SCHEDULING_FAILED CommunicationRouterJobSchedulingFailed "Microsoft.Communication.RouterJobSchedulingFailed" "A job could not be scheduled."
        ROUTER_JOB_UNASSIGNED CommunicationRouterJobUnassigned "Microsoft.Communication.RouterJobUnassigned" "A job was taken from its worker."
        ROUTER_JOB_WAITING_FOR_ACTIVATION CommunicationRouterJobWaitingForActivation "Microsoft.Communication.RouterJobWaitingForActivation" "The time that a job was scheduled for has come: it waits to be activated."
        ROUTER_JOB_WORKER_SELECTORS_EXPIRED CommunicationRouterJobWorkerSelectorsExpired "Microsoft.Communication.RouterJobWorkerSelectorsExpired" "The conditions that a job sets for its worker expired."
        ROUTER_WORKER_DELETED CommunicationRouterWorkerDeleted "Microsoft.Communication.RouterWorkerDeleted" "A worker was deleted."
        ROUTER_WORKER_DEREGISTERED CommunicationRouterWorkerDeregistered "Microsoft.Communication.RouterWorkerDeregistered" "A worker was deregistered."
        ROUTER_WORKER_OFFER_ACCEPTED CommunicationRouterWorkerOfferAccepted "Microsoft.Communication.RouterWorkerOfferAccepted" "A worker accepted the offer of a job."
        ROUTER_WORKER_OFFER_DECLINED CommunicationRouterWorkerOfferDeclined "Microsoft.Communication.RouterWorkerOfferDeclined" "A worker declined the offer of a job."
        ROUTER_WORKER_OFFER_EXPIRED CommunicationRouterWorkerOfferExpired "Microsoft.Communication.RouterWorkerOfferExpired" "The offer of a job to a worker expired."
        ROUTER_WORKER_OFFER_ISSUED CommunicationRouterWorkerOfferIssued "Microsoft.Communication.RouterWorkerOfferIssued" "A worker was offered a job."
        ROUTER_WORKER_OFFER_REVOKED CommunicationRouterWorkerOfferRevoked "Microsoft.Communication.RouterWorkerOfferRevoked" "The offer of a job to a worker was revoked."
        ROUTER_WORKER_REGISTERED CommunicationRouterWorkerRegistered "Microsoft.Communication.RouterWorkerRegistered" "A worker was registered."
        ROUTER_WORKER_UPDATED CommunicationRouterWorkerUpdated "Microsoft.Communication.RouterWorkerUpdated" "A worker was updated."
        SMS_DELIVERY_REPORT_RECEIVED CommunicationSmsDeliveryReportReceived "Microsoft.Communication.SMSDeliveryReportReceived" "A report came on the delivery of a text message."
        SMS_RECEIVED CommunicationSmsReceived "Microsoft.Communication.SMSReceived" "A text message was received."
        USER_DISCONNECTED CommunicationUserDisconnected "Microsoft.Communication.UserDisconnected" "A user was disconnected."
    }
    "Azure Container Registry."
    container_registry {
        CHART_DELETED ContainerRegistryChartDeleted "Microsoft.ContainerRegistry.ChartDeleted" "A Helm chart was deleted."
        CHART_PUSHED ContainerRegistryChartPushed "Microsoft.ContainerRegistry.ChartPushed" "A Helm chart was pushed."
        IMAGE_DELETED ContainerRegistryImageDeleted "Microsoft.ContainerRegistry.ImageDeleted" "An image was deleted."
        IMAGE_PUSHED ContainerRegistryImagePushed "Microsoft.ContainerRegistry.ImagePushed" "An image was pushed."
    }
    "Azure Kubernetes Service."
    container_service {
        CLUSTER_SUPPORT_ENDED ContainerServiceClusterSupportEnded "Microsoft.ContainerService.ClusterSupportEnded" "The version that a cluster runs is not supported any more."
        CLUSTER_SUPPORT_ENDING ContainerServiceClusterSupportEnding "Microsoft.ContainerService.ClusterSupportEnding" "Support of the version that a cluster runs ends soon."
        NEW_KUBERNETES_VERSION_AVAILABLE ContainerServiceNewKubernetesVersionAvailable "Microsoft.ContainerService.NewKubernetesVersionAvailable" "A new version of Kubernetes is available."
        NODE_POOL_ROLLING_FAILED ContainerServiceNodePoolRollingFailed "Microsoft.ContainerService.NodePoolRollingFailed" "The rolling upgrade of a node pool failed."
        NODE_POOL_ROLLING_STARTED ContainerServiceNodePoolRollingStarted "Microsoft.ContainerService.NodePoolRollingStarted" "The rolling upgrade of a node pool started."
        NODE_POOL_ROLLING_SUCCEEDED ContainerServiceNodePoolRollingSucceeded "Microsoft.ContainerService.NodePoolRollingSucceeded" "The rolling upgrade of a node pool succeeded."
    }
    "Azure Data Box."
    data_box {
        COPY_COMPLETED DataBoxCopyCompleted "Microsoft.DataBox.CopyCompleted" "The copying of an order's data ended."
        COPY_STARTED DataBoxCopyStarted "Microsoft.DataBox.CopyStarted" "The copying of an order's data started."
        ORDER_COMPLETED DataBoxOrderCompleted "Microsoft.DataBox.OrderCompleted" "An order was completed."
    }
    "Azure `IoT` Hub."
    devices {
        DEVICE_CONNECTED DeviceConnected "Microsoft.Devices.DeviceConnected" "A device connected."
        DEVICE_CREATED DeviceCreated "Microsoft.Devices.DeviceCreated" "A device was registered."
        DEVICE_DELETED DeviceDeleted "Microsoft.Devices.DeviceDeleted" "A device was deleted."
        DEVICE_DISCONNECTED DeviceDisconnected "Microsoft.Devices.DeviceDisconnected" "A device disconnected."
        DEVICE_TELEMETRY DeviceTelemetry "Microsoft.Devices.DeviceTelemetry" "A device sent telemetry."
    }
    "Azure Arc workload orchestration."
    edge {
        SOLUTION_VERSION_PUBLISHED EdgeSolutionVersionPublished "Microsoft.Edge.SolutionVersionPublished" "A version of a solution was published."
    }
    "Azure Event Grid."
    event_grid {
        MQTT_CLIENT_CREATED_OR_UPDATED EventGridMqttClientCreatedOrUpdated "Microsoft.EventGrid.MQTTClientCreatedOrUpdated" "An MQTT client was created or updated."
        MQTT_CLIENT_DELETED EventGridMqttClientDeleted "Microsoft.EventGrid.MQTTClientDeleted" "An MQTT client was deleted."
        MQTT_CLIENT_SESSION_CONNECTED EventGridMqttClientSessionConnected "Microsoft.EventGrid.MQTTClientSessionConnected" "An MQTT client's session connected."
        MQTT_CLIENT_SESSION_DISCONNECTED EventGridMqttClientSessionDisconnected "Microsoft.EventGrid.MQTTClientSessionDisconnected" "An MQTT client's session disconnected."
        SUBSCRIPTION_DELETED_EVENT EventGridSubscriptionDeletedEvent "Microsoft.EventGrid.SubscriptionDeletedEvent" "An event subscription was deleted."
        SUBSCRIPTION_VALIDATION_EVENT EventGridSubscriptionValidationEvent "Microsoft.EventGrid.SubscriptionValidationEvent" "An event subscription asks its endpoint whether it wants the events."
    }
    "Azure Event Hubs."
    event_hub {
        CAPTURE_FILE_CREATED EventHubCaptureFileCreated "Microsoft.EventHub.CaptureFileCreated" "A capture file was created."
    }
    "Microsoft Graph, by partner topics."
    // Pages microsoft-entra-events, outlook-events, teams-events, one-drive-events,
    // share-point-events, to-do-events, security-alert-events, cloud-printing-events and
    // conversation-events.
    graph {
        ALERT_CREATED GraphAlertCreated "Microsoft.Graph.AlertCreated" "A security alert was created."
        CALL_RECORD_CREATED GraphCallRecordCreated "Microsoft.Graph.CallRecordCreated" "A call or meeting took place in Teams."
        CALL_RECORD_UPDATED GraphCallRecordUpdated "Microsoft.Graph.CallRecordUpdated" "The record of a call or meeting in Teams was updated."
        CHAT_MESSAGE_CREATED GraphChatMessageCreated "Microsoft.Graph.ChatMessageCreated" "A chat message was sent in Teams."
        CHAT_MESSAGE_DELETED GraphChatMessageDeleted "Microsoft.Graph.ChatMessageDeleted" "A chat message was deleted in Teams."
        CHAT_MESSAGE_UPDATED GraphChatMessageUpdated "Microsoft.Graph.ChatMessageUpdated" "A chat message was edited in Teams."
        CONTACT_CREATED GraphContactCreated "Microsoft.Graph.ContactCreated" "A contact in Outlook was created."
        CONTACT_DELETED GraphContactDeleted "Microsoft.Graph.ContactDeleted" "A contact in Outlook was deleted."
        CONTACT_UPDATED GraphContactUpdated "Microsoft.Graph.ContactUpdated" "A contact in Outlook was updated."
        CONVERSATION_CREATED GraphConversationCreated "Microsoft.Graph.ConversationCreated" "A conversation of a Microsoft 365 group was created."
        CONVERSATION_DELETED GraphConversationDeleted "Microsoft.Graph.ConversationDeleted" "A conversation of a Microsoft 365 group was deleted."
        CONVERSATION_UPDATED GraphConversationUpdated "Microsoft.Graph.ConversationUpdated" "A conversation of a Microsoft 365 group was updated."
        DRIVE_ITEM_UPDATED GraphDriveItemUpdated "Microsoft.Graph.DriveItemUpdated" "Content of a folder in `OneDrive` was updated."
        EVENT_CREATED GraphEventCreated "Microsoft.Graph.EventCreated" "An event of an Outlook calendar was created."
        EVENT_DELETED GraphEventDeleted "Microsoft.Graph.EventDeleted" "An event of an Outlook calendar was deleted."
        EVENT_UPDATED GraphEventUpdated "Microsoft.Graph.EventUpdated" "An event of an Outlook calendar was updated."
        GROUP_DELETED GraphGroupDeleted "Microsoft.Graph.GroupDeleted" "A group was deleted for good."
        GROUP_UPDATED GraphGroupUpdated "Microsoft.Graph.GroupUpdated" "A group was created or updated."
        LIST_UPDATED GraphListUpdated "Microsoft.Graph.ListUpdated" "A list in `SharePoint` was updated."
        PRINT_TASK_DEFINITION_CREATED GraphPrintTaskDefinitionCreated "Microsoft.Graph.PrintTaskDefinitionCreated" "A print task was started."
        PRINTER_UPDATED GraphPrinterUpdated "Microsoft.Graph.PrinterUpdated" "A print job is ready to be fetched for a printer."
        TO_DO_CREATED GraphToDoCreated "Microsoft.Graph.ToDoCreated" "A task in To Do was created."
        TO_DO_DELETED GraphToDoDeleted "Microsoft.Graph.ToDoDeleted" "A task in To Do was deleted."
        TO_DO_UPDATED GraphToDoUpdated "Microsoft.Graph.ToDoUpdated" "A task in To Do was updated."
        USER_DELETED GraphUserDeleted "Microsoft.Graph.UserDeleted" "A user was deleted for good."
        USER_UPDATED GraphUserUpdated "Microsoft.Graph.UserUpdated" "A user was created or updated."
    }
    "Azure Health Data Services."
    healthcare_apis {
        DICOM_IMAGE_CREATED HealthcareApisDicomImageCreated "Microsoft.HealthcareApis.DicomImageCreated" "A DICOM image was created."
        DICOM_IMAGE_DELETED HealthcareApisDicomImageDeleted "Microsoft.HealthcareApis.DicomImageDeleted" "A DICOM image was deleted."
        DICOM_IMAGE_UPDATED HealthcareApisDicomImageUpdated "Microsoft.HealthcareApis.DicomImageUpdated" "A DICOM image was updated."
        FHIR_RESOURCE_CREATED HealthcareApisFhirResourceCreated "Microsoft.HealthcareApis.FhirResourceCreated" "A FHIR resource was created."
        FHIR_RESOURCE_DELETED HealthcareApisFhirResourceDeleted "Microsoft.HealthcareApis.FhirResourceDeleted" "A FHIR resource was deleted."
        FHIR_RESOURCE_UPDATED HealthcareApisFhirResourceUpdated "Microsoft.HealthcareApis.FhirResourceUpdated" "A FHIR resource was updated."
    }
    "Azure Key Vault."
    key_vault {
        CERTIFICATE_EXPIRED KeyVaultCertificateExpired "Microsoft.KeyVault.CertificateExpired" "A certificate expired."
        CERTIFICATE_NEAR_EXPIRY KeyVaultCertificateNearExpiry "Microsoft.KeyVault.CertificateNearExpiry" "A certificate expires soon."
        CERTIFICATE_NEW_VERSION_CREATED KeyVaultCertificateNewVersionCreated "Microsoft.KeyVault.CertificateNewVersionCreated" "A new version of a certificate was created."
        KEY_EXPIRED KeyVaultKeyExpired "Microsoft.KeyVault.KeyExpired" "A key expired."
        KEY_NEAR_EXPIRY KeyVaultKeyNearExpiry "Microsoft.KeyVault.KeyNearExpiry" "A key expires soon."
        KEY_NEW_VERSION_CREATED KeyVaultKeyNewVersionCreated "Microsoft.KeyVault.KeyNewVersionCreated" "A new version of a key was created."
        SECRET_EXPIRED KeyVaultSecretExpired "Microsoft.KeyVault.SecretExpired" "A secret expired."
        SECRET_NEAR_EXPIRY KeyVaultSecretNearExpiry "Microsoft.KeyVault.SecretNearExpiry" "A secret expires soon."
        SECRET_NEW_VERSION_CREATED KeyVaultSecretNewVersionCreated "Microsoft.KeyVault.SecretNewVersionCreated" "A new version of a secret was created."
        VAULT_ACCESS_POLICY_CHANGED KeyVaultVaultAccessPolicyChanged "Microsoft.KeyVault.VaultAccessPolicyChanged" "The access policy of a vault changed."
    }
    "Azure Machine Learning."
    machine_learning_services {
        DATASET_DRIFT_DETECTED MachineLearningServicesDatasetDriftDetected "Microsoft.MachineLearningServices.DatasetDriftDetected" "A dataset drifted from its baseline."
        MODEL_DEPLOYED MachineLearningServicesModelDeployed "Microsoft.MachineLearningServices.ModelDeployed" "A model was deployed."
        MODEL_REGISTERED MachineLearningServicesModelRegistered "Microsoft.MachineLearningServices.ModelRegistered" "A model was registered."
        RUN_COMPLETED MachineLearningServicesRunCompleted "Microsoft.MachineLearningServices.RunCompleted" "A run was completed."
        RUN_STATUS_CHANGED MachineLearningServicesRunStatusChanged "Microsoft.MachineLearningServices.RunStatusChanged" "The status of a run changed."
    }
    "Azure Maps."
    maps {
        GEOFENCE_ENTERED MapsGeofenceEntered "Microsoft.Maps.GeofenceEntered" "Something entered a geofence."
        GEOFENCE_EXITED MapsGeofenceExited "Microsoft.Maps.GeofenceExited" "Something left a geofence."
        GEOFENCE_RESULT MapsGeofenceResult "Microsoft.Maps.GeofenceResult" "The result of a geofence query, whatever it is."
    }
    "Azure Media Services."
    media {
        JOB_CANCELED MediaJobCanceled "Microsoft.Media.JobCanceled" "A job was cancelled."
        JOB_CANCELING MediaJobCanceling "Microsoft.Media.JobCanceling" "A job is being cancelled."
        JOB_ERRORED MediaJobErrored "Microsoft.Media.JobErrored" "A job failed."
        JOB_FINISHED MediaJobFinished "Microsoft.Media.JobFinished" "A job finished."
        JOB_OUTPUT_CANCELED MediaJobOutputCanceled "Microsoft.Media.JobOutputCanceled" "The output of a job was cancelled."
        JOB_OUTPUT_CANCELING MediaJobOutputCanceling "Microsoft.Media.JobOutputCanceling" "The output of a job is being cancelled."
        JOB_OUTPUT_ERRORED MediaJobOutputErrored "Microsoft.Media.JobOutputErrored" "The output of a job failed."
        JOB_OUTPUT_FINISHED MediaJobOutputFinished "Microsoft.Media.JobOutputFinished" "The output of a job finished."
        JOB_OUTPUT_PROCESSING MediaJobOutputProcessing "Microsoft.Media.JobOutputProcessing" "The output of a job is being processed."
        JOB_OUTPUT_PROGRESS MediaJobOutputProgress "Microsoft.Media.JobOutputProgress" "The output of a job progressed."
        JOB_OUTPUT_SCHEDULED MediaJobOutputScheduled "Microsoft.Media.JobOutputScheduled" "The output of a job was scheduled."
        JOB_OUTPUT_STATE_CHANGE MediaJobOutputStateChange "Microsoft.Media.JobOutputStateChange" "The state of a job's output changed."
        JOB_PROCESSING MediaJobProcessing "Microsoft.Media.JobProcessing" "A job is being processed."
        JOB_SCHEDULED MediaJobScheduled "Microsoft.Media.JobScheduled" "A job was scheduled."
        JOB_STATE_CHANGE MediaJobStateChange "Microsoft.Media.JobStateChange" "The state of a job changed."
        LIVE_EVENT_CHANNEL_ARCHIVE_HEARTBEAT MediaLiveEventChannelArchiveHeartbeat "Microsoft.Media.LiveEventChannelArchiveHeartbeat" "The archive of a live event's channel is alive."
        LIVE_EVENT_CONNECTION_REJECTED MediaLiveEventConnectionRejected "Microsoft.Media.LiveEventConnectionRejected" "The connection of a live event's encoder was rejected."
        LIVE_EVENT_ENCODER_CONNECTED MediaLiveEventEncoderConnected "Microsoft.Media.LiveEventEncoderConnected" "The encoder of a live event connected."
        LIVE_EVENT_ENCODER_DISCONNECTED MediaLiveEventEncoderDisconnected "Microsoft.Media.LiveEventEncoderDisconnected" "The encoder of a live event disconnected."
        LIVE_EVENT_INCOMING_DATA_CHUNK_DROPPED MediaLiveEventIncomingDataChunkDropped "Microsoft.Media.LiveEventIncomingDataChunkDropped" "A chunk of a live event's data was dropped, as it came too late or overlaps another one."
        LIVE_EVENT_INCOMING_STREAM_RECEIVED MediaLiveEventIncomingStreamReceived "Microsoft.Media.LiveEventIncomingStreamReceived" "The first chunk of a stream of a live event was received."
        LIVE_EVENT_INCOMING_STREAMS_OUT_OF_SYNC MediaLiveEventIncomingStreamsOutOfSync "Microsoft.Media.LiveEventIncomingStreamsOutOfSync" "The audio and video of a live event are out of step."
        LIVE_EVENT_INCOMING_VIDEO_STREAMS_OUT_OF_SYNC MediaLiveEventIncomingVideoStreamsOutOfSync "Microsoft.Media.LiveEventIncomingVideoStreamsOutOfSync" "Two video streams of a live event are out of step."
        LIVE_EVENT_INGEST_HEARTBEAT MediaLiveEventIngestHeartbeat "Microsoft.Media.LiveEventIngestHeartbeat" "A track of a live event is alive."
        LIVE_EVENT_TRACK_DISCONTINUITY_DETECTED MediaLiveEventTrackDiscontinuityDetected "Microsoft.Media.LiveEventTrackDiscontinuityDetected" "A track of a live event has a gap."
    }
    "Azure Policy."
    policy_insights {
        POLICY_STATE_CHANGED PolicyInsightsPolicyStateChanged "Microsoft.PolicyInsights.PolicyStateChanged" "The compliance of a resource changed."
        POLICY_STATE_CREATED PolicyInsightsPolicyStateCreated "Microsoft.PolicyInsights.PolicyStateCreated" "The compliance of a resource is known for the first time."
        POLICY_STATE_DELETED PolicyInsightsPolicyStateDeleted "Microsoft.PolicyInsights.PolicyStateDeleted" "The compliance of a resource is not tracked any more."
    }
    "Azure Resource Notifications."
    resource_notifications {
        // Page event-schema-aks-resources (preview), the next three.
        AKS_RESOURCES_FLEET_GATE_CREATED ResourceNotificationsAksResourcesFleetGateCreated "Microsoft.ResourceNotifications.AKSResources.FleetGateCreated" "An update run of a Kubernetes fleet reached a gate."
        AKS_RESOURCES_FLEET_GATE_DELETED ResourceNotificationsAksResourcesFleetGateDeleted "Microsoft.ResourceNotifications.AKSResources.FleetGateDeleted" "An update run of a Kubernetes fleet with a gate was deleted."
        AKS_RESOURCES_FLEET_GATE_UPDATED ResourceNotificationsAksResourcesFleetGateUpdated "Microsoft.ResourceNotifications.AKSResources.FleetGateUpdated" "A gate of an update run of a Kubernetes fleet was passed."
        CONTAINER_SERVICE_EVENT_RESOURCES_SCHEDULED_EVENT_EMITTED ResourceNotificationsContainerServiceEventResourcesScheduledEventEmitted "Microsoft.ResourceNotifications.ContainerServiceEventResources.ScheduledEventEmitted" "Maintenance of a Kubernetes cluster was scheduled, started or ended."
        HEALTH_RESOURCES_AVAILABILITY_STATUS_CHANGED ResourceNotificationsHealthResourcesAvailabilityStatusChanged "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged" "The availability of a resource changed."
        HEALTH_RESOURCES_RESOURCE_ANNOTATED ResourceNotificationsHealthResourcesResourceAnnotated "Microsoft.ResourceNotifications.HealthResources.ResourceAnnotated" "The health of a resource was annotated."
        RESOURCES_CREATED_OR_UPDATED ResourceNotificationsResourcesCreatedOrUpdated "Microsoft.ResourceNotifications.Resources.CreatedOrUpdated" "A resource was created or updated."
        RESOURCES_DELETED ResourceNotificationsResourcesDeleted "Microsoft.ResourceNotifications.Resources.Deleted" "A resource was deleted."
    }
    "Azure Resource Manager: subscriptions and resource groups."
    resources {
        RESOURCE_ACTION_CANCEL ResourceActionCancel "Microsoft.Resources.ResourceActionCancel" "An action on a resource was cancelled."
        RESOURCE_ACTION_FAILURE ResourceActionFailure "Microsoft.Resources.ResourceActionFailure" "An action on a resource failed."
        RESOURCE_ACTION_SUCCESS ResourceActionSuccess "Microsoft.Resources.ResourceActionSuccess" "An action on a resource succeeded."
        RESOURCE_DELETE_CANCEL ResourceDeleteCancel "Microsoft.Resources.ResourceDeleteCancel" "The deletion of a resource was cancelled."
        RESOURCE_DELETE_FAILURE ResourceDeleteFailure "Microsoft.Resources.ResourceDeleteFailure" "The deletion of a resource failed."
        RESOURCE_DELETE_SUCCESS ResourceDeleteSuccess "Microsoft.Resources.ResourceDeleteSuccess" "The deletion of a resource succeeded."
        RESOURCE_WRITE_CANCEL ResourceWriteCancel "Microsoft.Resources.ResourceWriteCancel" "Creating or updating a resource was cancelled."
        RESOURCE_WRITE_FAILURE ResourceWriteFailure "Microsoft.Resources.ResourceWriteFailure" "Creating or updating a resource failed."
        RESOURCE_WRITE_SUCCESS ResourceWriteSuccess "Microsoft.Resources.ResourceWriteSuccess" "Creating or updating a resource succeeded."
    }
    "Azure Service Bus."
    service_bus {
        ACTIVE_MESSAGES_AVAILABLE_PERIODIC_NOTIFICATIONS ServiceBusActiveMessagesAvailablePeriodicNotifications "Microsoft.ServiceBus.ActiveMessagesAvailablePeriodicNotifications" "There are messages, and listeners too; raised periodically."
        ACTIVE_MESSAGES_AVAILABLE_WITH_NO_LISTENERS ServiceBusActiveMessagesAvailableWithNoListeners "Microsoft.ServiceBus.ActiveMessagesAvailableWithNoListeners" "There are messages, and nobody listens."
        DEADLETTER_MESSAGES_AVAILABLE_PERIODIC_NOTIFICATIONS ServiceBusDeadletterMessagesAvailablePeriodicNotifications "Microsoft.ServiceBus.DeadletterMessagesAvailablePeriodicNotifications" "There are dead-lettered messages, and listeners too; raised periodically."
        DEADLETTER_MESSAGES_AVAILABLE_WITH_NO_LISTENERS ServiceBusDeadletterMessagesAvailableWithNoListeners "Microsoft.ServiceBus.DeadletterMessagesAvailableWithNoListeners" "There are dead-lettered messages, and nobody listens."
    }
    "Azure `SignalR` Service."
    signal_r_service {
        CLIENT_CONNECTION_CONNECTED SignalRServiceClientConnectionConnected "Microsoft.SignalRService.ClientConnectionConnected" "A client connected."
        CLIENT_CONNECTION_DISCONNECTED SignalRServiceClientConnectionDisconnected "Microsoft.SignalRService.ClientConnectionDisconnected" "A client disconnected."
    }
    "Azure Storage."
    storage {
        ASYNC_OPERATION_INITIATED StorageAsyncOperationInitiated "Microsoft.Storage.AsyncOperationInitiated" "An operation that takes its time was started, such as moving a blob out of the archive tier."
        BLOB_CREATED StorageBlobCreated "Microsoft.Storage.BlobCreated" "A blob was created or replaced."
        BLOB_DELETED StorageBlobDeleted "Microsoft.Storage.BlobDeleted" "A blob was deleted."
        BLOB_INVENTORY_POLICY_COMPLETED StorageBlobInventoryPolicyCompleted "Microsoft.Storage.BlobInventoryPolicyCompleted" "The run of a blob inventory rule ended."
        BLOB_RENAMED StorageBlobRenamed "Microsoft.Storage.BlobRenamed" "A blob was renamed."
        BLOB_TIER_CHANGED StorageBlobTierChanged "Microsoft.Storage.BlobTierChanged" "The access tier of a blob changed."
        DIRECTORY_CREATED StorageDirectoryCreated "Microsoft.Storage.DirectoryCreated" "A directory was created."
        DIRECTORY_DELETED StorageDirectoryDeleted "Microsoft.Storage.DirectoryDeleted" "A directory was deleted."
        DIRECTORY_RENAMED StorageDirectoryRenamed "Microsoft.Storage.DirectoryRenamed" "A directory was renamed."
        LIFECYCLE_POLICY_COMPLETED StorageLifecyclePolicyCompleted "Microsoft.Storage.LifecyclePolicyCompleted" "The actions of a lifecycle policy ended."
        STORAGE_TASK_ASSIGNMENT_COMPLETED StorageTaskAssignmentCompleted "Microsoft.Storage.StorageTaskAssignmentCompleted" "The run of a storage task's assignment ended."
        STORAGE_TASK_ASSIGNMENT_QUEUED StorageTaskAssignmentQueued "Microsoft.Storage.StorageTaskAssignmentQueued" "The run of a storage task's assignment was queued."
        STORAGE_TASK_COMPLETED StorageTaskCompleted "Microsoft.Storage.StorageTaskCompleted" "A storage task ended; the older name of `StorageTaskAssignmentCompleted`."
        STORAGE_TASK_QUEUED StorageTaskQueued "Microsoft.Storage.StorageTaskQueued" "A storage task was queued; the older name of `StorageTaskAssignmentQueued`."
    }
    "Azure App Service and Azure Functions."
    web {
        APP_SERVICE_PLAN_UPDATED WebAppServicePlanUpdated "Microsoft.Web.AppServicePlanUpdated" "An App Service plan was updated."
        APP_UPDATED WebAppUpdated "Microsoft.Web.AppUpdated" "An app was started, stopped, restarted or otherwise updated."
        BACKUP_OPERATION_COMPLETED WebBackupOperationCompleted "Microsoft.Web.BackupOperationCompleted" "The backup of an app was completed."
        BACKUP_OPERATION_FAILED WebBackupOperationFailed "Microsoft.Web.BackupOperationFailed" "The backup of an app failed."
        BACKUP_OPERATION_STARTED WebBackupOperationStarted "Microsoft.Web.BackupOperationStarted" "The backup of an app started."
        RESTORE_OPERATION_COMPLETED WebRestoreOperationCompleted "Microsoft.Web.RestoreOperationCompleted" "An app was restored from a backup."
        RESTORE_OPERATION_FAILED WebRestoreOperationFailed "Microsoft.Web.RestoreOperationFailed" "Restoring an app from a backup failed."
        RESTORE_OPERATION_STARTED WebRestoreOperationStarted "Microsoft.Web.RestoreOperationStarted" "Restoring an app from a backup started."
        SLOT_SWAP_COMPLETED WebSlotSwapCompleted "Microsoft.Web.SlotSwapCompleted" "The swap of two deployment slots was completed."
        SLOT_SWAP_FAILED WebSlotSwapFailed "Microsoft.Web.SlotSwapFailed" "The swap of two deployment slots failed."
        SLOT_SWAP_STARTED WebSlotSwapStarted "Microsoft.Web.SlotSwapStarted" "The swap of two deployment slots started."
        SLOT_SWAP_WITH_PREVIEW_CANCELLED WebSlotSwapWithPreviewCancelled "Microsoft.Web.SlotSwapWithPreviewCancelled" "The swap of two deployment slots with preview was cancelled."
        SLOT_SWAP_WITH_PREVIEW_STARTED WebSlotSwapWithPreviewStarted "Microsoft.Web.SlotSwapWithPreviewStarted" "The swap of two deployment slots with preview started."
    }
}
