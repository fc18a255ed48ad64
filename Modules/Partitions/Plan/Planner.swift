/// The way from a plan and a disk to a table.
struct Planner {
    let plan: PartitionPlan
    let sectorSize: UInt64
    /// In sectors.
    let unitSectors: UInt64
    let guids: GUIDMaker
    private(set) var table: GPTTable
    private(set) var changes: [PlannedChange]
    private(set) var wipes: [ClosedRange<UInt64>] = []
    /// Which number each of the plan's has; nil is a new one.
    private(set) var matches: [Int?]

    init(_ plan: PartitionPlan, from start: PlanStart, unit: UInt64) {
        self.plan = plan
        table = start.table
        changes = start.changes
        let sectorSize = table.sectorSize
        self.sectorSize = sectorSize
        unitSectors = unit / sectorSize
        guids = GUIDMaker(seed: plan.seed)
        matches = Array(repeating: nil, count: plan.partitions.count)
    }

    // MARK: What is there already

    /// Finds the plan's partitions on the disk: by GUID, then number, then type and label; one without a label by its type alone.
    mutating func match() throws(PartitionError) {
        var free = table.partitions
        func pick(_ index: Int, _ isMatch: (PartitionPlan.Partition, GPTTable.Partition) -> Bool) {
            guard matches[index] == nil, let place = free.firstIndex(where: { isMatch(plan.partitions[index], $0) })
            else { return }
            matches[index] = free.remove(at: place).number
        }
        for index in matches.indices { pick(index) { $0.guid == $1.entry.guid } }
        for index in matches.indices { pick(index) { $0.number == $1.number && $0.type == $1.entry.type } }
        for index in matches.indices where plan.partitions[index].number == nil {
            pick(index) { $0.label == $1.entry.label && $0.type == $1.entry.type }
        }
        for index in matches.indices where plan.partitions[index].number == nil && plan.partitions[index].label == nil {
            pick(index) { $0.type == $1.entry.type }
        }
        for partition in free {
            let size = partition.entry.sizeInBytes(sectorSize)
            if plan.unlisted == .delete {
                try table.delete(partition.number)
                changes.append(.init(.delete, partition.number, partition.entry, risk: size))
            } else {
                changes.append(.init(.keep, partition.number, partition.entry))
            }
        }
        for (index, number) in matches.enumerated() {
            if let number {
                try update(number, to: plan.partitions[index])
            } else if let slot = plan.partitions[index].number, let other = table[slot] {
                throw .refused(
                    "partition \(slot) is '\(other.label)' of another type than \(words(index)): give the plan its GUID to change it, or another number"
                )
            }
        }
    }

    /// Brings the names of a partition that is there to those of the plan.
    private mutating func update(_ number: Int, to wanted: PartitionPlan.Partition) throws(PartitionError) {
        guard let old = table[number] else { return }
        var fields: [String] = []
        if wanted.type != old.type {
            try table.setType(wanted.type, of: number)
            fields.append("type")
        }
        if let label = wanted.label, label != old.label {
            try table.setLabel(label, of: number)
            fields.append("label")
        }
        if let guid = wanted.guid, guid != old.guid {
            try table.setGUID(guid, of: number)
            fields.append("guid")
        }
        if let attributes = wanted.attributes, attributes != old.attributes {
            try table.setAttributes(attributes, of: number)
            fields.append("attributes")
        }
        if fields.isEmpty {
            changes.append(.init(.keep, number, old))
        } else {
            changes.append(.init(.change, number, table[number] ?? old, words: " (\(fields.joined(separator: ", ")))"))
        }
    }

    // MARK: Space

    mutating func allocate() throws(PartitionError) {
        var allocation = Allocation(areas: try areas(), unit: unitSectors * sectorSize)
        let new = matches.indices.filter { matches[$0] == nil }
        try allocation.place(new.map { member($0, has: 0, besides: 0) })
        // Numbers that the plan gives are taken before the others look for a free one.
        let places = allocation.places().filter { $0.units > 0 || isShort($0.index) }
        for place in places.sorted(by: { order($0) < order($1) }) { try settle(place) }
        for index in allocation.dropped.sorted() {
            let wanted = plan.partitions[index]
            changes.append(.init(.drop, "leave out \(words(index)): it does not fit (priority \(wanted.priority))"))
        }
    }

    /// Whether it is there and has less than its min: what lies between its end and the next unit may be all that it takes.
    private func isShort(_ index: Int) -> Bool {
        guard let number = matches[index], let size = table[number]?.sizeInBytes(sectorSize) else { return false }
        return size < plan.partitions[index].min ?? 0
    }

    private func order(_ place: Allocation.Place) -> (Int, Int) {
        (plan.partitions[place.index].number == nil ? 1 : 0, place.index)
    }

    /// The free areas, each with the partition before it that may grow.
    private func areas() throws(PartitionError) -> [Allocation.Area] {
        var areas: [Allocation.Area] = []
        var growers = Set(matches.enumerated().compactMap { plan.partitions[$0].grow == true ? $1 : nil })
        for range in table.freeRanges {
            let start = (range.lowerBound + unitSectors - 1) / unitSectors
            let end = (range.upperBound + 1) / unitSectors
            guard end >= start else { continue }
            var area = Allocation.Area(start: start, units: end - start)
            if let (index, number) = grower(before: range.lowerBound), growers.remove(number) != nil,
                let size = table[number]?.sizeInBytes(sectorSize)
            {
                area.grower = member(
                    index, has: size, besides: (start * unitSectors - range.lowerBound) * sectorSize)
            }
            // With no whole unit it is of use to nobody but the partition before it.
            if area.units > 0 || area.grower != nil { areas.append(area) }
        }
        for (index, number) in matches.enumerated() {
            guard let number, let size = table[number]?.sizeInBytes(sectorSize), let least = plan.partitions[index].min,
                size < least
            else { continue }
            guard areas.contains(where: { $0.grower?.index == index }) else {
                throw .noSpace(
                    "partition \(number) has \(size) bytes, \(least - size) less than the plan's min, and "
                        + (plan.partitions[index].grow == true
                            ? "no free space follows it" : "the plan does not say 'grow: true'"))
            }
        }
        return areas
    }

    private func grower(before lba: UInt64) -> (index: Int, number: Int)? {
        for (index, number) in matches.enumerated() {
            if let number, plan.partitions[index].grow == true, table[number]?.lastLBA.saturatingPlus(1) == lba {
                return (index, number)
            }
        }
        return nil
    }

    /// `has` is its size now, and `besides` what lies between its end and the next unit; both are 0 for a new one.
    private func member(_ index: Int, has: UInt64, besides: UInt64) -> Allocation.Member {
        let wanted = plan.partitions[index]
        let unit = unitSectors * sectorSize
        let isNew = matches[index] == nil
        let least = wanted.min ?? (isNew ? min(PartitionPlan.defaultMinimum, wanted.max ?? .max) : 0)
        let there = has.saturatingPlus(besides)
        let units = (least - min(least, there)).roundedUp(inUnitsOf: unit)
        let most = wanted.max.map { ($0 - min($0, there)) / unit }
        let grows = wanted.grow ?? isNew
        return Allocation.Member(
            index: index, name: words(index), least: isNew ? max(units, 1) : units,
            most: most.map { max($0, isNew ? max(units, 1) : units) },
            weight: grows ? wanted.weight : 0, priority: isNew ? wanted.priority : 0)
    }

    private mutating func settle(_ place: Allocation.Place) throws(PartitionError) {
        let wanted = plan.partitions[place.index]
        let end = (place.start + place.units) * unitSectors - 1
        if let number = matches[place.index] {
            guard let old = table[number] else { return }
            try table.resize(number, lastLBA: end)
            var change = PlannedChange(.grow, number, table[number] ?? old)
            change.oldSize = old.sizeInBytes(sectorSize)
            changes.removeAll { $0.action == .keep && $0.number == number }
            changes.append(change)
            return
        }
        let sectors = place.start * unitSectors...end
        let number = try table.add(
            number: wanted.number, type: wanted.type, guid: try guid(for: place.index), sectors: sectors,
            label: wanted.label ?? "", attributes: wanted.attributes ?? [])
        if wanted.contents != .keep { wipes.append(sectors) }
        if let entry = table[number] { changes.append(.init(.create, number, entry)) }
    }

    /// The plan's, or one that follows from the seed, the type and the how-manieth of it this is.
    private func guid(for index: Int) throws(PartitionError) -> GUID {
        let wanted = plan.partitions[index]
        if let guid = wanted.guid { return guid }
        let nth = plan.partitions[..<index].count { $0.type == wanted.type }
        let taken = Set(table.partitions.map(\.entry.guid))
        // A partition of a plan that had more before it may have this one already.
        for attempt in 0..<1024 {
            let guid = guids.make("partition:\(wanted.type):\(nth)" + (attempt == 0 ? "" : ":\(attempt)"))
            if !taken.contains(guid) { return guid }
        }
        throw .invalid("no GUID is free for \(words(index))")
    }

    // MARK: Words

    private func words(_ index: Int) -> String {
        let wanted = plan.partitions[index]
        let type = PartitionTypes.name(wanted.type) ?? wanted.type.description
        return wanted.label.map { "\($0), \(type)" } ?? type
    }
}
