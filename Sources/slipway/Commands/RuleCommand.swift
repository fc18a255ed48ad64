import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

struct RuleCommand: ParsableCommand, RoutingNoun {
    static let noun = "rule"
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "The rules that choose a table of routes.",
        discussion: "The words are those of ip(8): 'slipway rule add from 10.0.0.0/8 fwmark 7 lookup 100'.",
        subcommands: [List.self, RoutingChange<Self, AddVerb>.self, RoutingChange<Self, DeleteVerb>.self])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let rule = try Rule(words: list, view.words, isDeleted: mode == nil)
        if mode == nil { return try view.route.deleteRule(rule, until: view.deadline) }
        try view.route.addRule(rule, until: view.deadline)
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the rules in the order in which they are asked.")
        @OptionGroup var host: HostOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var family: FamilyOptions

        /// What `--json` prints of all: IPv4's, then IPv6's.
        static func document(_ host: Host) throws -> JSONValue {
            var view = try RoutingView(host)
            return .array(try view.route.rules(until: view.deadline).map { $0.document(view.names) })
        }

        func run() throws {
            let (names, all) = try host.ask("rule list") { host in
                var view = try RoutingView(host)
                let all = try view.route.rules(until: view.deadline).filter {
                    family.family == .unspecified || $0.family == family.family
                }
                return (view.names, all)
            }
            var rows = Table("FAMILY", "PRIORITY", "FROM", "TO", "IIF", "OIF", "MARK", "TABLE", "PROTOCOL")
            for rule in all {
                rows.add(
                    rule.family == .ipv4 ? "inet" : "inet6", "\(rule.priority ?? 0)",
                    (rule.isInverted ? "not " : "") + (rule.source.map { "\($0)" } ?? "all"),
                    rule.destination.map { "\($0)" }, rule.inputLink, rule.outputLink, rule.mark.map { "\($0)" },
                    rule.table == 0 ? nil : names.name(.tables, rule.table),
                    names.name(.protocols, rule.protocol.rawValue))
            }
            try output.answer(.array(all.map { $0.document(names) }), table: rows.text)
        }
    }
}
