import Essentials

extension Device {
    /// What the laws that this device uses rest on, in the order of the equations; laws that are switched off are not cited.
    public var references: [Reference] {
        var list: [Reference] = [.weilenmann2024, .scharfetterGummel1969]
        if ImageForce(self).isPresent { list.append(.sze2006) }
        list.append(.crowellSze1966)
        if layers.contains(where: { $0.tunnellingMass.isFinite }) {
            switch tunnelling {
            case .none: break
            case .local: list += [.wigner1932, .kirkwood1933, .padovaniStratton1966]
            case .wkb: list += [.kemble1935, .ieong1998, .murphyGood1956]
            }
        }
        if layers.contains(where: { $0.hopDistance > 0 }) { list.append(.mottGurney1948) }
        if layers.contains(where: { $0.permittivityField.isFinite && $0.highFieldPermittivity != $0.permittivity }) {
            list.append(.vanDenBerg1995)
        }
        if left.reactions.contains(where: { $0.law.name == DeviceParameters.Hop.activated.rawValue }) {
            list += [.vineyard1957, .cordero2007, .deSouza2012]
        }
        if thermalResistance > 0 { list.append(.bengel2020) }
        return list
    }
}
extension Reference {
    static let scharfetterGummel1969 = Reference(
        "ScharfetterGummel1969",
        "D. L. Scharfetter, H. K. Gummel, Large-signal analysis of a silicon Read diode oscillator, IEEE Trans. Electron Devices 16, 64 (1969)."
    )
    static let sze2006 = Reference(
        "Sze2006", "S. M. Sze, K. K. Ng, Physics of Semiconductor Devices, 3rd ed., Wiley (2006), section 3.2.4 (image force).")
    static let crowellSze1966 = Reference(
        "CrowellSze1966",
        "C. R. Crowell, S. M. Sze, Current transport in metal-semiconductor barriers, Solid-State Electron. 9, 1035 (1966).")
    static let mottGurney1948 = Reference(
        "MottGurney1948", "N. F. Mott, R. W. Gurney, Electronic Processes in Ionic Crystals, 2nd ed., Oxford (1948).")
    static let vanDenBerg1995 = Reference(
        "vanDenBerg1995", "R. A. van den Berg, P. W. M. Blom, J. F. M. Cillessen, R. M. Wolf, Appl. Phys. Lett. 66, 697 (1995)."
    )
    static let wigner1932 = Reference(
        "Wigner1932", "E. Wigner, On the quantum correction for thermodynamic equilibrium, Phys. Rev. 40, 749 (1932).")
    static let kirkwood1933 = Reference(
        "Kirkwood1933", "J. G. Kirkwood, Quantum statistics of almost classical assemblies, Phys. Rev. 44, 31 (1933).")
    static let padovaniStratton1966 = Reference(
        "PadovaniStratton1966",
        "F. A. Padovani, R. Stratton, Field and thermionic-field emission in Schottky barriers, Solid-State Electron. 9, 695 (1966)."
    )
    static let kemble1935 = Reference(
        "Kemble1935", "E. C. Kemble, A contribution to the theory of the B. W. K. method, Phys. Rev. 48, 549 (1935).")
    static let murphyGood1956 = Reference(
        "MurphyGood1956",
        "E. L. Murphy, R. H. Good, Thermionic emission, field emission, and the transition region, Phys. Rev. 102, 1464 (1956)."
    )
    static let ieong1998 = Reference(
        "Ieong1998",
        "M. Ieong, P. M. Solomon, S. E. Laux, H.-S. P. Wong, D. Chidambarrao, Comparison of raised and Schottky source/drain MOSFETs using a novel tunneling contact model, IEDM Tech. Dig. 1998, 733."
    )
    static let vineyard1957 = Reference(
        "Vineyard1957",
        "G. H. Vineyard, Frequency factors and isotope effects in solid state rate processes, J. Phys. Chem. Solids 3, 121 (1957)."
    )
    /// The barrier of a hop in the lattice, 0.60 eV.
    static let cordero2007 = Reference(
        "Cordero2007",
        "F. Cordero, Hopping and clustering of oxygen vacancies in SrTiO3 by anelastic relaxation, arXiv:0707.0639 (2007)."
    )
    static let deSouza2012 = Reference(
        "DeSouza2012",
        "R. A. De Souza, V. Metlenko, D. Park, T. E. Weirich, Behavior of oxygen vacancies in single-crystal SrTiO3: equilibrium distribution and diffusion kinetics, Phys. Rev. B 85, 174109 (2012)."
    )
    /// The lumped thermal resistance follows this compact model's form.
    static let bengel2020 = Reference(
        "Bengel2020",
        "C. Bengel et al., Variability-aware modeling of filamentary oxide-based bipolar resistive switching cells using SPICE level compact models (JART VCM v1b), IEEE Trans. Circuits Syst. I 67, 4618 (2020)."
    )
}
