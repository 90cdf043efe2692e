#!/usr/bin/env bash
# cloudevents 10.0.0 with KafkaJS 2.2.4 and MQTT.js 5.16.0 (npm): the bindings for Kafka and MQTT do
# not fit the clients. In MQTT's structured mode, a received event becomes another one, whose
# attributes are the single bytes of the message, without an error.
#
# Expected: what `Kafka` and `MQTT` write can be given to the client of that protocol, and what the
#   client received, with its buffers, is read as the event that was sent, as it is with `HTTP` and
#   fetch or node:http. What cannot be read is an error, at the latest where `strict` is asked for.
# Seen: Kafka.binary writes headers that are undefined, and data as an object. KafkaJS throws for
#   each. It writes only what Kafka.structured makes. All that it receives is buffers, for which
#   Kafka.toEvent throws TypeError; without a content-type, the id of the event is a buffer. A
#   structured event without `time`, which is optional, is a RangeError also as text.
#   MQTT.binary and MQTT.structured have an object as their payload, which MQTT.js refuses. Where it
#   is written as JSON by hand, MQTT.toEvent reads the buffer of a structured event as an event with
#   a new id, without a type or source, and with the attributes "0", "1", "2" and so on, also with
#   `strict`. Data of binary mode that is JSON is a buffer.
#
# Why it matters: Event Grid delivers to Event Hubs, which are read by Kafka clients, and takes
#   events from MQTT. A consumer that deduplicates by id handles all of a device's events as new
#   ones of no type. Write data as JSON, drop headers that are undefined, and turn headers, keys and
#   payloads that were received into text, before and after these bindings. This project's views
#   read the payload itself, and an event without an id, a type or a source is an error.
#
# Output:
