import ArgumentParser
import Documents
import Kernel
import Netlink
import RouteNetlink

struct LinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link", abstract: "Network links.", subcommands: [List.self, Ethtool.self, WireGuard.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the links and their addresses.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try host.requireLive("link list")
            let links: [Link]
            let addresses: [InterfaceAddress]
            do {
                let deadline = Deadline(in: .seconds(10))
                var route = try RouteConnection.open()
                links = try route.links(until: deadline)
                addresses = try route.addresses(until: deadline)
            } catch {
                throw CommandFailure(.failed, "link list", message: "\(error)")
            }
            let rows = links.map { link in (link, addresses.filter { $0.linkIndex == link.index }) }
            try output.answer(.array(rows.map { Self.document($0, $1) }), table: Self.table(rows))
        }

        /// The keys of `ip -j address`.
        private static func document(_ link: Link, _ addresses: [InterfaceAddress]) -> JSONValue {
            let own = addresses.map { address -> JSONValue in
                [
                    "family": .string(address.prefix.address.isIPv4 ? "inet" : "inet6"),
                    "local": .string("\(address.prefix.address)"), "prefixlen": JSONValue(address.prefix.length),
                ]
            }
            return [
                "ifindex": JSONValue(link.index), "ifname": .string(link.name),
                "operstate": .string("\(link.operationalState)".uppercased()),
                "mtu": JSONValue(link.maximumTransmissionUnit), "address": JSONValue(link.macAddress.map { "\($0)" }),
                "kind": JSONValue(link.kind), "carrier": JSONValue(link.hasCarrier), "up": .bool(link.isUp),
                "addr_info": .array(own),
            ]
        }

        private static func table(_ rows: [(Link, [InterfaceAddress])]) -> String {
            var table = Table("LINK", "STATE", "CARRIER", "MTU", "MAC", "KIND", "ADDRESSES")
            for (link, addresses) in rows {
                table.add(
                    link.name, "\(link.operationalState)", link.hasCarrier.map { $0 ? "yes" : "no" },
                    link.maximumTransmissionUnit.map { "\($0)" }, link.macAddress.map { "\($0)" }, link.kind,
                    addresses.map { "\($0.prefix)" }.joined(separator: " "))
            }
            return table.text
        }
    }
}
