// The emulator as a resource of an Aspire application.

var builder = DistributedApplication.CreateBuilder(args);

var eventGrid = builder.AddContainer("eventgrid", "eventgrid-emulator")
    .WithArgs("--key", "c2VjcmV0", "--subscription", "orders/billing")
    .WithHttpEndpoint(targetPort: 6500);

builder.AddProject<Projects.Shop>("shop")
    .WithEnvironment("EVENTGRID_ENDPOINT", eventGrid.GetEndpoint("http"))
    .WithEnvironment("EVENTGRID_KEY", "c2VjcmV0")
    .WaitFor(eventGrid);

builder.Build().Run();
