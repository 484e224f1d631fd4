using PromptAD.Pictures.Drawing;
using PromptAD.Pictures.Kinds;

using static PromptAD.Pictures.DefectKind;

namespace PromptAD.Pictures;

/// <summary>A sort of product that can be drawn, such as leather or a circuit board.</summary>
public sealed class ProductKind
{
    private static readonly DefectKind[] s_hard = [Scratch, Crack, Hole, Stain, Contamination, Dent, Chip, Discolouration];
    private static readonly DefectKind[] s_soft = [Scratch, Hole, Stain, Contamination, Tear, LooseThread, Fold, Burn, Discolouration];
    private static readonly DefectKind[] s_cloth = [Hole, Stain, Contamination, Tear, LooseThread, Fold, Bend, Discolouration];
    private static readonly DefectKind[] s_net = [Hole, Stain, Contamination, LooseThread, Bend, Discolouration, Dent];
    private static readonly DefectKind[] s_plain = [Scratch, Crack, Hole, Stain, Contamination, Dent, Chip, Bend, ExtraPart,
        Discolouration];
    private static readonly DefectKind[] s_built = [.. s_plain, MissingPart, Misplacement];
    private static readonly DefectKind[] s_printed = [.. s_plain, Misprint];
    private static readonly DefectKind[] s_builtPrinted = [.. s_built, Misprint];

    private readonly Action<Scene, Rng, Rng> _compose;

    private ProductKind(string name, string[] nouns, DefectKind[] defects, Action<Scene, Rng, Rng> compose, bool isHeldOut = false)
    {
        (Name, Nouns, Defects, IsHeldOut) = (name, nouns, defects, isHeldOut);
        _compose = compose;
    }

    /// <summary>Every kind, kept-out ones included.</summary>
    public static IReadOnlyList<ProductKind> All { get; } =
    [
        new("leather", ["leather", "leather hide"], s_soft, Surfaces.Leather),
        new("stone", ["stone", "stone slab", "concrete"], s_hard, Surfaces.Stone),
        new("granite", ["granite", "terrazzo"], s_hard, Surfaces.Granite),
        new("cast-metal", ["cast metal", "cast metal plate", "metal casting"], s_hard, Surfaces.CastMetal),
        new("brushed-metal", ["brushed metal", "brushed metal plate"], s_hard, Surfaces.BrushedMetal),
        new("rolled-plate", ["metal plate", "rolled steel", "metal surface"], s_hard, Surfaces.RolledPlate),
        new("ground-block", ["ground block", "magnetic tile", "ferrite block"], s_hard, Surfaces.GroundBlock),
        new("wood", ["wood", "wooden board"], [.. s_hard, Burn], Surfaces.Wood),
        new("fabric", ["fabric", "woven fabric", "cloth"], s_cloth, Surfaces.Fabric),
        new("knit", ["knit", "knitted fabric"], s_cloth, Surfaces.Knit),
        new("carpet", ["carpet", "rug"], [Hole, Stain, Contamination, Tear, LooseThread, Burn, Discolouration], Surfaces.Carpet),
        new("grid", ["grid", "wire mesh"], s_net, Surfaces.Grid),
        new("perforated-plate", ["perforated plate", "perforated sheet"],
            [Scratch, Stain, Contamination, Dent, Bend, LooseThread, Discolouration], Surfaces.PerforatedPlate),
        new("tiles", ["tile", "tiled surface"], s_hard, Surfaces.Tiles),
        new("brick", ["brick wall", "bricks"], s_hard, Surfaces.Brick),
        new("printed-paper", ["printed paper", "print"], [.. s_soft, Bend], Surfaces.PrintedPaper),
        new("printed-cloth", ["printed fabric", "printed cloth"], s_cloth, Surfaces.PrintedCloth),
        new("film", ["film", "plastic film", "foil"], s_soft, Surfaces.Film),
        new("plastic", ["plastic sheet", "plastic surface"], s_hard, Surfaces.Plastic),
        new("ceramic", ["ceramic", "ceramic plate"], s_hard, Surfaces.Ceramic),
        new("rubber", ["rubber", "rubber mat"], s_soft, Surfaces.Rubber),
        new("cardboard", ["cardboard", "corrugated cardboard"], s_soft, Surfaces.Cardboard),
        new("solar-cell", ["solar cell", "solar panel"], s_hard, Surfaces.SolarCell),

        new("washer", ["washer"], s_plain, Fasteners.Washer),
        new("seal-ring", ["seal ring", "ring"], s_plain, Fasteners.SealRing),
        new("nut", ["nut"], s_built, Fasteners.Nut),
        new("screw", ["screw", "bolt"], s_plain, Fasteners.Screw),
        new("screw-head", ["screw head"], s_built, Fasteners.ScrewHead),
        new("bearing", ["bearing", "ball bearing"], s_built, Fasteners.Bearing),
        new("spring", ["spring", "coil spring"], s_plain, Fasteners.Spring),
        new("bracket", ["bracket", "plate with holes"], s_built, Fasteners.Bracket),
        new("cap", ["cap", "bottle cap", "lid"], s_printed, Packaging.Cap),
        new("bottle-top", ["bottle", "bottle top"], s_plain, Packaging.BottleTop),
        new("bottle", ["bottle", "flask"], s_builtPrinted, Packaging.Bottle),
        new("blister", ["blister pack", "pill pack"], s_built, Packaging.Blister),
        new("capsule", ["capsule", "pill capsule"], s_printed, Packaging.Capsule),
        new("tablet", ["tablet", "pill"], s_plain, Packaging.Tablet),
        new("can", ["can", "can lid"], s_built, Packaging.Can),
        new("candle", ["candle", "tealight"], s_built, Packaging.Candle),
        new("circuit-board", ["circuit board", "pcb"], s_builtPrinted, Electronics.CircuitBoard),
        new("chip", ["chip", "integrated circuit"], s_builtPrinted, Electronics.Chip),
        new("connector", ["connector", "plug"], s_built, Electronics.Connector),
        new("cable", ["cable", "wire"], [.. s_plain, Tear, LooseThread], Electronics.Cable),
        new("cable-section", ["cable section", "cable"], s_built, Electronics.CableSection),
        new("battery", ["battery", "cell"], s_builtPrinted, Electronics.Battery),
        new("transistor", ["transistor"], s_builtPrinted, Electronics.Transistor),
        new("button", ["button"], s_built, Goods.Button),
        new("coin", ["coin", "medal"], s_built, Goods.Coin),
        new("kernel", ["kernel", "hazelnut", "almond"], s_built, Goods.Kernel),
        new("sweet", ["sweet", "candy"], s_plain, Goods.Sweet),
        new("key", ["key"], s_plain, Goods.Key),
        new("brush", ["brush", "toothbrush"], s_built, Goods.Brush),

        new("cork", ["cork", "cork board"], s_hard, Surfaces.Cork, isHeldOut: true),
        new("chequer-plate", ["chequer plate"], s_hard, Surfaces.ChequerPlate, isHeldOut: true),
        new("gear", ["gear", "gear wheel"], s_built, Fasteners.Gear, isHeldOut: true),
        new("biscuit", ["biscuit", "cookie"], [Crack, Hole, Stain, Contamination, Chip, ExtraPart, Burn, Discolouration, MissingPart],
            Goods.Biscuit, isHeldOut: true),
        new("woven-label", ["woven label", "label"], [Hole, Stain, Contamination, Chip, Bend, Misprint, Tear, LooseThread, Discolouration],
            Goods.WovenLabel, isHeldOut: true),
        new("zipper", ["zipper", "zip"], [Stain, Contamination, Bend, MissingPart, Misplacement, Tear, LooseThread, Discolouration],
            Goods.Zipper, isHeldOut: true),
    ];

    /// <summary>The kinds that pretraining may draw.</summary>
    public static IReadOnlyList<ProductKind> Training { get; } = [.. All.Where(k => !k.IsHeldOut)];

    /// <summary>The kinds that pretraining never sees, kept for demonstrations and tests.</summary>
    public static IReadOnlyList<ProductKind> HeldOut { get; } = [.. All.Where(k => k.IsHeldOut)];

    /// <summary>A name for commands and files: lower case, words joined by hyphens.</summary>
    public string Name { get; }

    /// <summary>What captions call it.</summary>
    public IReadOnlyList<string> Nouns { get; }

    /// <summary>The defects it can have.</summary>
    public IReadOnlyList<DefectKind> Defects { get; }

    /// <summary>True where pretraining must not draw it.</summary>
    public bool IsHeldOut { get; }

    /// <summary>The kind of a name, or null.</summary>
    public static ProductKind? Find(string name) => All.FirstOrDefault(k => k.Name == name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>
    /// Sets up one picture. The same <paramref name="product"/> seed gives the same colours and measures; the <paramref name="instance"/>
    /// gives pose and grain.
    /// </summary>
    internal Scene Compose(Rng product, Rng instance, bool inFixture)
    {
        var scene = new Scene(inFixture);
        _compose(scene, product, instance);
        return scene;
    }
}
