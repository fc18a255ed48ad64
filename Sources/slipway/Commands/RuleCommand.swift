import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

struct RuleCommand: ParsableCommand, RoutingNoun, WatchedNoun {
    static let noun = "rule"
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "The rules that choose a table of routes.",
        discussion: "The words are those of ip(8): 'slipway rule add from 10.0.0.0/8 fwmark 7 lookup 100'.",
        subcommands: [
            RoutingList<Self>.self, RoutingWatch<Self>.self, RoutingChange<Self, AddVerb>.self,
            RoutingChange<Self, DeleteVerb>.self,
        ])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let rule = try Rule(words: list, view.words, isDeleted: mode == nil)
        if mode == nil { return try view.route.deleteRule(rule, until: view.deadline) }
        try view.route.addRule(rule, until: view.deadline)
    }
}
