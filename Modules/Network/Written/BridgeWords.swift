internal import Documents
internal import Kernel

/// The options of a bridge, in the words of `ip link … type bridge`, whose times are in hundredths of a second.
enum BridgeWords {
    /// `ip`'s word, netplan's key, and version 1's.
    private static let times = [
        ("ageing_time", "ageing-time", "bridge_ageing"), ("forward_delay", "forward-delay", "bridge_fd"),
        ("hello_time", "hello-time", "bridge_hello"), ("max_age", "max-age", "bridge_maxage"),
    ]
    /// `ip`'s word of a port's option, netplan's key, version 1's, and the values that it takes (net/bridge/br_sysfs_if.c).
    private static let ports = [
        ("cost", "path-cost", "bridge_pathcost", 1...65_535), ("priority", "port-priority", "bridge_portprio", 0...63),
    ]

    static func readVersion2(
        _ parameters: inout WrittenMapping, into reading: inout NetworkReading
    ) throws(NetworkDocumentError) -> [String: String] {
        var options: [String: String] = [:]
        for (word, key, _) in times { options[word] = try parameters.value(key).map(hundredths) }
        if let priority = try parameters.integer("priority", in: 0...65_535) { options["priority"] = "\(priority)" }
        if let isOn = try parameters.boolean("stp") { options["stp_state"] = isOn ? "1" : "0" }
        for (word, key, _, range) in ports {
            guard var members = try parameters.mapping(key) else { continue }
            for member in members.keys {
                guard let value = members.value(member) else { continue }
                reading.setPort(member, word, to: try value.integer(in: range), at: value.path)
            }
        }
        return options
    }

    /// ifupdown's names (bridge-utils-interfaces(5)), with hyphens or underlines. What it waits for is its own business.
    static func readVersion1(
        _ parameters: inout WrittenMapping, into reading: inout NetworkReading
    ) throws(NetworkDocumentError) -> [String: String] {
        var options: [String: String] = [:]
        for key in parameters.keys {
            let name = key.replacing("-", with: "_")
            let isKnown =
                times.contains { $0.2 == name } || ports.contains { $0.2 == name }
                || ["bridge_bridgeprio", "bridge_stp", "bridge_ports"].contains(name)
            guard isKnown, let value = parameters.value(key) else { continue }
            if let time = times.first(where: { $0.2 == name }) {
                options[time.0] = try hundredths(value)
            } else if let port = ports.first(where: { $0.2 == name }) {
                try readPorts(value, port.0, in: port.3, into: &reading)
            } else if name == "bridge_bridgeprio" {
                options["priority"] = "\(try value.integer(in: 0...65_535))"
            } else if name == "bridge_stp" {
                options["stp_state"] = try value.boolean() ? "1" : "0"
            }
        }
        reading.leaveOut(["bridge_gcint", "bridge_maxwait", "bridge_waitport"], of: &parameters)
        return options
    }

    /// `eth0 50`, or a list of such.
    private static func readPorts(
        _ value: WrittenValue, _ word: String, in range: ClosedRange<Int>, into reading: inout NetworkReading
    ) throws(NetworkDocumentError) {
        for element in try value.listOrOne() {
            let parts = try element.text().split(separator: " ")
            guard parts.count == 2 else { throw element.wanted(.portValue) }
            let number = WrittenValue(.string(String(parts[1])), at: element.path)
            reading.setPort(String(parts[0]), word, to: try number.integer(in: range), at: element.path)
        }
    }

    private static func hundredths(_ value: WrittenValue) throws(NetworkDocumentError) -> String {
        "\(try value.duration(.second) / 10_000)"
    }
}
