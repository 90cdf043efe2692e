// Made from `types.txt` by `tests/system_events`; do not edit.

//! Azure Health Data Services.

/// A DICOM image was created.
pub const DICOM_IMAGE_CREATED: &str = "Microsoft.HealthcareApis.DicomImageCreated";

/// A DICOM image was deleted.
pub const DICOM_IMAGE_DELETED: &str = "Microsoft.HealthcareApis.DicomImageDeleted";

/// A DICOM image was updated.
pub const DICOM_IMAGE_UPDATED: &str = "Microsoft.HealthcareApis.DicomImageUpdated";

/// A FHIR resource was created.
pub const FHIR_RESOURCE_CREATED: &str = "Microsoft.HealthcareApis.FhirResourceCreated";

/// A FHIR resource was deleted.
pub const FHIR_RESOURCE_DELETED: &str = "Microsoft.HealthcareApis.FhirResourceDeleted";

/// A FHIR resource was updated.
pub const FHIR_RESOURCE_UPDATED: &str = "Microsoft.HealthcareApis.FhirResourceUpdated";
