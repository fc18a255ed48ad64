internal import Kernel

extension WireGuardChange {
    /// Whether it leaves everything as it is: then there is nothing to send.
    public var isEmpty: Bool { self == WireGuardChange() }

    /// What `device` lacks to be as `wanted`, and nothing that it has already: whoever is not spoken of keeps the session.
    ///
    /// What `wanted` leaves open stays: a listen port of 0, for there is one already, and the endpoint of a peer that has none, for it
    /// may have been heard from since. A key that a recording redacted is no wish. Of two peers that want the same addresses the later
    /// one has them, and of two entries of one peer the later one holds: so the kernel would do it.
    ///
    /// Addresses are added to those that a peer has, or come over from the peer that had them; where one is to go to nobody, the
    /// peer's list is replaced (Linux before 6.16 cannot take out a single one).
    public init(from device: WireGuardDevice, to wanted: WireGuardDevice) {
        self.init()
        let key = wanted.privateKey ?? .none
        if key.clamped != (device.privateKey ?? .none).clamped, !key.isRedacted { privateKey = key }
        if wanted.listenPort != 0, wanted.listenPort != device.listenPort { listenPort = wanted.listenPort }
        let mark = wanted.firewallMark ?? 0
        if mark != device.firewallMark ?? 0 { firewallMark = mark }

        var entries: [WireGuardPublicKey: WireGuardPeer] = [:]
        for peer in wanted.peers { entries[peer.publicKey] = peer }
        // The kernel takes no peer that is the device itself.
        if privateKey == nil, let own = device.publicKey { entries[own] = nil }
        var owners: [IPPrefix: WireGuardPublicKey] = [:]
        for peer in wanted.peers where entries[peer.publicKey] == peer {
            for address in peer.allowedAddresses { owners[address.network] = peer.publicKey }
        }

        let present = Dictionary(device.peers.map { ($0.publicKey, $0) }) { _, last in last }
        for peer in device.peers where entries[peer.publicKey] == nil {
            var removal = Peer(peer.publicKey)
            removal.removes = true
            peers.append(removal)
        }
        for peer in wanted.peers {
            guard let entry = entries.removeValue(forKey: peer.publicKey) else { continue }
            let change = Peer(from: present[entry.publicKey], to: entry, owners)
            if change != Peer(entry.publicKey) || present[entry.publicKey] == nil { peers.append(change) }
        }
    }
}

extension WireGuardChange.Peer {
    /// `owners` has each address that somebody wants, with who gets it.
    fileprivate init(
        from present: WireGuardPeer?, to wanted: WireGuardPeer, _ owners: [IPPrefix: WireGuardPublicKey]
    ) {
        self.init(wanted.publicKey)
        let shared = wanted.presharedKey ?? .none
        if shared != present?.presharedKey ?? .none, !shared.isRedacted { presharedKey = shared }
        if let wish = wanted.endpoint, wish != present?.endpoint { endpoint = wish }
        let seconds = wanted.keepaliveSeconds ?? 0
        if seconds != present?.keepaliveSeconds ?? 0 { keepaliveSeconds = seconds }

        var known: Set<IPPrefix> = []
        let wishes = wanted.allowedAddresses.map(\.network).filter {
            owners[$0] == wanted.publicKey && known.insert($0).inserted
        }
        // What another gets goes by itself.
        let has = Set((present?.allowedAddresses ?? []).map(\.network)).filter { owners[$0] ?? publicKey == publicKey }
        if has.isSubset(of: known) {
            allowedAddresses = wishes.filter { !has.contains($0) }
        } else {
            replacesAllowedAddresses = true
            allowedAddresses = wishes
        }
    }
}
