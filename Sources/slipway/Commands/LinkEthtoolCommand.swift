import ArgumentParser
import Documents
import Glibc
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink
import SystemPackage

extension LinkCommand {
    struct Ethtool: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what ethtool knows of a link, or of all.",
            discussion: "Wake-on-LAN takes CAP_NET_ADMIN; what may not be read is named.")
        @Argument(help: "The link's name.") var link: String?
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions

        private static let operation = "link ethtool"

        func run() throws {
            let documents = try host.ask(Self.operation) { try Self.read($0, link) }
            try output.answer(.array(documents.map(\.value)), table: Self.table(documents))
        }

        /// What `--json` prints of all of them.
        static func document(_ host: Host) throws -> JSONValue { .array(try read(host, nil).map(\.value)) }

        private static func read(_ host: Host, _ name: String?) throws -> [EthtoolDocument] {
            do throws(NetlinkError) { return try reports(host, name) } catch {
                throw CommandFailure(error, operation, .init(subject: name))
            }
        }

        private static func reports(_ host: Host, _ name: String?) throws(NetlinkError) -> [EthtoolDocument] {
            let deadline = Deadline(in: .seconds(20))
            var route = RouteConnection(try host.netlink.open(.route))
            let all = try route.links(until: deadline)
            let links = LinkDirectory(all)
            let index = try name.map { name throws(NetlinkError) in
                guard let index = links.index(of: name) else { throw LinkCommand.absent(name) }
                return index
            }
            var ethtool = try EthtoolConnection(host.netlink.open(.generic), until: deadline)
            var reports: [EthtoolReport]
            // A recording is of all links, and they were asked for at once: it answers for one out of that.
            if let index, host.root.isLive, let name = links.name(of: index) {
                reports = [try ethtool.report(index: index, name: name, until: deadline)]
            } else {
                reports = try ethtool.reports(until: deadline)
                if let index { reports.removeAll { $0.linkIndex != index } }
            }
            var sets = EthtoolDocument.sets
            let counted = Swift.Set(reports.flatMap { $0.statistics?.groups.map(\.names) ?? [] })
            sets += counted.subtracting(sets).sorted { $0.rawValue < $1.rawValue }
            var names: [EthtoolStringSet: [UInt32: String]] = [:]
            for set in sets { names[set] = try ethtool.names(in: set, until: deadline) }
            var documents: [EthtoolDocument] = []
            for report in reports {
                let link = links.links[report.linkIndex]
                documents.append(
                    EthtoolDocument(
                        report: report, sysfs: link.flatMap { EthtoolDriver(of: $0, in: host.root) },
                        permanentAddress: link?.permanentMACAddress?.description, names: names))
            }
            return documents
        }

        private static func table(_ documents: [EthtoolDocument]) -> String {
            var table = Table("LINK", "DRIVER", "BUS", "LINK-UP", "SPEED", "DUPLEX", "AUTONEG", "PORT", "PERMANENT")
            for document in documents {
                let report = document.report
                table.add(
                    report.linkName, document.driver?.name, document.driver?.bus,
                    report.state?.hasLink.map { $0 ? "yes" : "no" },
                    report.modes?.megabitsPerSecond.map { "\($0)Mb/s" },
                    report.modes?.duplex.flatMap { $0 == .unknown ? nil : $0.description },
                    report.modes?.isAutonegotiating.map { $0 ? "on" : "off" }, report.information?.port?.description,
                    document.permanentAddress)
            }
            return table.text
        }
    }
}

extension LinkCommand {
    /// As the kernel would say it.
    static func absent(_ name: String) -> NetlinkError {
        NetlinkError(
            .refused, operation: "get", subject: "link \(name)", errno: Errno(rawValue: ENODEV))
    }
}
