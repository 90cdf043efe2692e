// A namespace from .NET.

using Azure;
using Azure.Messaging;
using Azure.Messaging.EventGrid.Namespaces;

var endpoint = new Uri("http://127.0.0.1:6500");
var credential = new AzureKeyCredential("c2VjcmV0");

var sender = new EventGridSenderClient(endpoint, "orders", credential);
await sender.SendAsync(new CloudEvent("/shop", "Shop.OrderPlaced", new { total = 12.5 }));

var receiver = new EventGridReceiverClient(endpoint, "orders", "billing", credential);
ReceiveResult result = await receiver.ReceiveAsync(maxEvents: 10, maxWaitTime: TimeSpan.FromSeconds(10));
foreach (ReceiveDetails received in result.Details)
{
    Console.WriteLine($"received {received.Event.Type} {received.Event.Data}");
    await receiver.AcknowledgeAsync([received.BrokerProperties.LockToken]);
}
