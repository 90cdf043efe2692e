// A namespace from Go. It wants https: a key is not sent over http.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/messaging"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/messaging/eventgrid/aznamespaces"
)

func main() {
	ctx := context.Background()
	endpoint := "https://127.0.0.1:6500"
	credential := azcore.NewKeyCredential("c2VjcmV0")

	sender, err := aznamespaces.NewSenderClientWithSharedKeyCredential(endpoint, "orders", credential, nil)
	check(err)
	data := map[string]float64{"total": 12.5}
	event, err := messaging.NewCloudEvent("/shop", "Shop.OrderPlaced", data, nil)
	check(err)
	_, err = sender.SendEvent(ctx, &event, nil)
	check(err)

	receiver, err := aznamespaces.NewReceiverClientWithSharedKeyCredential(endpoint, "orders", "billing", credential, nil)
	check(err)
	options := &aznamespaces.ReceiveEventsOptions{MaxEvents: to.Ptr[int32](10), MaxWaitTime: to.Ptr[int32](10)}
	received, err := receiver.ReceiveEvents(ctx, options)
	check(err)
	for _, details := range received.Details {
		fmt.Printf("received %s %s\n", details.Event.Type, details.Event.Data)
		_, err = receiver.AcknowledgeEvents(ctx, []string{*details.BrokerProperties.LockToken}, nil)
		check(err)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
