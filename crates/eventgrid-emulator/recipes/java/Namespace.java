// A namespace from Java. It wants https: a key is not sent over http.

import com.azure.core.credential.AzureKeyCredential;
import com.azure.core.models.CloudEvent;
import com.azure.core.models.CloudEventDataFormat;
import com.azure.core.util.BinaryData;
import com.azure.messaging.eventgrid.namespaces.EventGridReceiverClient;
import com.azure.messaging.eventgrid.namespaces.EventGridReceiverClientBuilder;
import com.azure.messaging.eventgrid.namespaces.EventGridSenderClient;
import com.azure.messaging.eventgrid.namespaces.EventGridSenderClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;

public class Namespace {
    public static void main(String[] arguments) {
        String endpoint = "https://127.0.0.1:6500";
        AzureKeyCredential credential = new AzureKeyCredential("c2VjcmV0");

        EventGridSenderClient sender = new EventGridSenderClientBuilder()
            .endpoint(endpoint).topicName("orders").credential(credential).buildClient();
        BinaryData data = BinaryData.fromObject(Map.of("total", 12.5));
        sender.send(new CloudEvent("/shop", "Shop.OrderPlaced", data, CloudEventDataFormat.JSON, "application/json"));

        EventGridReceiverClient receiver = new EventGridReceiverClientBuilder()
            .endpoint(endpoint).topicName("orders").subscriptionName("billing").credential(credential).buildClient();
        receiver.receive(10, Duration.ofSeconds(10)).getDetails().forEach(received -> {
            System.out.println("received " + received.getEvent().getType() + " " + received.getEvent().getData());
            receiver.acknowledge(List.of(received.getBrokerProperties().getLockToken()));
        });
    }
}
