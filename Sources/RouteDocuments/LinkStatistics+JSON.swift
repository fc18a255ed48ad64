internal import Documents
internal import RouteNetlink

extension LinkStatistics {
    /// The object that `ip -j -s -s link` has under `stats64`.
    var document: JSONValue {
        [
            "rx": [
                "bytes": JSONValue(received.bytes), "packets": JSONValue(received.packets),
                "errors": JSONValue(received.errors), "dropped": JSONValue(received.dropped),
                "over_errors": JSONValue(receiveErrors.over), "multicast": JSONValue(multicast),
                "length_errors": JSONValue(receiveErrors.length), "crc_errors": JSONValue(receiveErrors.checksum),
                "frame_errors": JSONValue(receiveErrors.frame), "fifo_errors": JSONValue(receiveErrors.fifo),
                "missed_errors": JSONValue(receiveErrors.missed), "nohandler": JSONValue(withoutHandler),
                "compressed": JSONValue(compressed.received), "otherhost_dropped": JSONValue(toOtherHosts),
            ],
            "tx": [
                "bytes": JSONValue(sent.bytes), "packets": JSONValue(sent.packets), "errors": JSONValue(sent.errors),
                "dropped": JSONValue(sent.dropped), "carrier_errors": JSONValue(sendErrors.carrier),
                "collisions": JSONValue(collisions), "aborted_errors": JSONValue(sendErrors.aborted),
                "fifo_errors": JSONValue(sendErrors.fifo), "window_errors": JSONValue(sendErrors.window),
                "heartbeat_errors": JSONValue(sendErrors.heartbeat), "compressed": JSONValue(compressed.sent),
            ],
        ]
    }
}

extension VirtualFunction {
    /// An element of `vfinfo_list`.
    var document: JSONValue {
        var members: [String: JSONValue] = ["vf": JSONValue(number)]
        if let address = hardwareAddress { members["mac"] = .string("\(address)") }
        if let vlan, vlan != 0 { members["vlan"] = JSONValue(vlan) }
        if let rates {
            members["rate"] = ["max_tx": JSONValue(rates.largest), "min_tx": JSONValue(rates.smallest)]
        }
        if let checksSpoofing { members["spoofchk"] = .bool(checksSpoofing) }
        if let state = linkState {
            members["link_state"] = .string(state < 3 ? ["auto", "enable", "disable"][Int(state)] : "\(state)")
        }
        if let isTrusted { members["trust"] = .bool(isTrusted) }
        return .object(members)
    }
}
