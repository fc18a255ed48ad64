import ArgumentParser
import Documents
import Kernel
import Netlink
import Recordings
import RouteDocuments
import RouteNetlink

struct AddressCommand: ParsableCommand, RoutingNoun, WatchedNoun {
    static let noun = "address"
    static let configuration = CommandConfiguration(
        commandName: "address", abstract: "The addresses of links.",
        discussion: "The words are those of ip(8): 'slipway address add 10.0.0.2/24 dev eth0 valid_lft 100'.",
        subcommands: [
            RoutingList<Self>.self, RoutingWatch<Self>.self, RoutingChange<Self, AddVerb>.self,
            RoutingChange<Self, ReplaceVerb>.self,
            RoutingChange<Self, ChangeVerb>.self, RoutingChange<Self, DeleteVerb>.self,
        ])

    static func change(_ mode: ChangeMode?, _ list: [String], _ view: inout RoutingView) throws {
        let address = try InterfaceAddress(words: list, view.words)
        guard let mode else { return try view.route.deleteAddress(address, until: view.deadline) }
        try view.route.addAddress(address, mode: mode, until: view.deadline)
    }
}
