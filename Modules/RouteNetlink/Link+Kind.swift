internal import CKernel
internal import Netlink

extension Link {
    /// The kind's options (IFLA_INFO_DATA), as the type of that kind: `link.options as? VLAN`. An ``UnknownLinkKind`` where this library has
    /// no such type, nil where the link has no kind.
    public var options: (any LinkKind)? {
        guard let kind else { return nil }
        return LinkKindTable.link(kind, information(IFLA_INFO_DATA) ?? AttributeSet())
    }

    /// The options as that type, nil where the link is of another kind.
    public func options<Kind: LinkKind>(as type: Kind.Type) -> Kind? {
        guard kind == Kind.kind else { return nil }
        return Kind(attributes: information(IFLA_INFO_DATA) ?? AttributeSet())
    }

    /// IFLA_INFO_SLAVE_KIND: `bond`, `bridge`, `vrf`; nil where it is no port, or a port without options.
    public var portKind: String? {
        attributes.with(IFLA_LINKINFO) { information, bytes in
            var attributes = information.nested
            while let attribute = (try? attributes.next(bytes)) ?? nil {
                if attribute.type == Int(IFLA_INFO_SLAVE_KIND) { return try? attribute.text(bytes) }
            }
            return nil
        }
    }

    /// What it is set to as a port of its master (IFLA_INFO_SLAVE_DATA): a ``BondPort``, ``BridgePort``, ``VRFPort``, or an
    /// ``UnknownLinkKind``; nil where it is no port, or a port without options.
    public var portOptions: (any LinkKind)? {
        guard let kind = portKind else { return nil }
        return LinkKindTable.port(kind, information(IFLA_INFO_SLAVE_DATA) ?? AttributeSet())
    }

    /// The port's options as that type, nil where it is no port of such a master.
    public func portOptions<Kind: LinkKind>(as type: Kind.Type) -> Kind? {
        guard portKind == Kind.kind else { return nil }
        return Kind(attributes: information(IFLA_INFO_SLAVE_DATA) ?? AttributeSet())
    }

    /// One of the sets in IFLA_LINKINFO, copied once; nil where it is missing or no walk of attributes.
    private func information(_ type: some BinaryInteger) -> AttributeSet? {
        attributes.with(IFLA_LINKINFO) { information, bytes in
            var attributes = information.nested
            while let attribute = (try? attributes.next(bytes)) ?? nil {
                if attribute.type == Int(type) { return try? AttributeSet(attribute.payload, of: bytes) }
            }
            return nil
        }
    }
}
