/// Every sort of operation that the generator draws. The test asserts that it reached each.
enum OperationKind: String, CaseIterable, Sendable {
    case linkBridge, linkVeth, linkDelete, linkUpDown, linkMTU, linkRename, linkMaster, linkNoMaster, linkAlias
    case linkAddress, linkQueue, linkFlags, linkGroup, linkBridgeOption, linkPortOption, linkGeneration
    case address4, address6, addressPeer, addressReplace, addressDelete, addressFlush
    case route4, route6, routeType, routeMultipath, routeByNexthop, routeEncap, routeMetrics, routeSource
    case routeReplace, routeChange, routeAppend, routePrepend, routeDelete, routeDeletePartly, routeFlush
    case nexthopAdd, nexthopDelete
    case rule4, rule6, ruleDelete, ruleDeletePartly, ruleFlush
    case neighborAdd, neighborProxy, neighborReplace, neighborChange, neighborDelete, neighborFlush
    case forwardingAdd, forwardingReplace, forwardingDelete

    /// How often it is in the deck that the operations are drawn from.
    var weight: Int {
        switch self {
        case .linkVeth, .address4, .address6, .route4, .route6, .routeDelete: 4
        case .routeReplace, .routeDeletePartly, .rule4, .rule6, .neighborAdd, .routeMultipath, .nexthopAdd: 3
        case .linkBridge, .linkUpDown, .linkMaster, .linkBridgeOption, .linkPortOption, .addressReplace, .routeType,
            .routeByNexthop, .routeMetrics, .routeChange, .routeAppend, .ruleDelete, .ruleDeletePartly,
            .neighborReplace, .forwardingAdd, .routeEncap, .routeSource:
            2
        default: 1
        }
    }

    /// All, as often as they weigh.
    static var deck: [OperationKind] { allCases.flatMap { Array(repeating: $0, count: $0.weight) } }
}

/// What is done in both namespaces: by `ip` (or `bridge`) in its words, by us in the same.
struct Operation: Sendable, CustomStringConvertible {
    let kind: OperationKind
    /// `-4` or `-6`, which `ip` takes before the object; nil where the words tell.
    var family: String?
    /// From the object on: `route add …`, `fdb add …`.
    let words: [String]

    init(_ kind: OperationKind, family: String? = nil, _ words: [String]) {
        self.kind = kind
        self.family = family
        self.words = words
    }

    var description: String { ((family.map { [$0] } ?? []) + words).joined(separator: " ") }
    /// Is it bridge(8)'s, and not ip(8)'s.
    var isBridge: Bool { words.first == "fdb" }
    var command: String { "\(isBridge ? "bridge" : "ip") \(self)" }
}
