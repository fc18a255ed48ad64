public import Kernel
internal import SystemPackage

extension MetadataContext {
    /// Where a service may be whose address is no constant because it is the network's own router: the servers of the leases, else the
    /// routers of the default routes.
    public var nearbyServers: [IPAddress] {
        if !dhcpServers.isEmpty { return dhcpServers }
        let table = host.textIfPresent("/proc/net/route", limit: 65_536) ?? ""
        var routers: [IPAddress] = []
        for line in table.split(whereSeparator: \.isNewline).dropFirst() {
            // Iface, Destination, Gateway, Flags, RefCnt, Use, Metric, Mask, …: addresses are the memory's word in hexadecimal.
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count >= 8, fields[1] == "00000000", fields[7] == "00000000",
                let word = UInt32(fields[2], radix: 16), word != 0
            else { continue }
            let router = IPAddress.v4(IPv4Address(rawValue: UInt32(bigEndian: word)))
            if !routers.contains(router), routers.count < 16 { routers.append(router) }
        }
        return routers
    }
}
