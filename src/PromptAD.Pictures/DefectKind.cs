namespace PromptAD.Pictures;

/// <summary>What can be wrong with a product.</summary>
public enum DefectKind
{
    /// <summary>One or a few thin lines scored into the surface.</summary>
    Scratch,

    /// <summary>A jagged dark line, often branched.</summary>
    Crack,

    /// <summary>A hole, pit or blowhole.</summary>
    Hole,

    /// <summary>A patch of another colour: liquid, oil, rust, ink.</summary>
    Stain,

    /// <summary>Foreign material that lies on the product.</summary>
    Contamination,

    /// <summary>A dent or bump: form without colour.</summary>
    Dent,

    /// <summary>A piece broken out of an edge or a surface.</summary>
    Chip,

    /// <summary>A mounted part is not there.</summary>
    MissingPart,

    /// <summary>A part is there twice, or one that does not belong.</summary>
    ExtraPart,

    /// <summary>The product, or its pattern, is bent out of shape.</summary>
    Bend,

    /// <summary>A mounted part sits in a wrong place.</summary>
    Misplacement,

    /// <summary>Print that is shifted, doubled, cut off or gone.</summary>
    Misprint,

    /// <summary>A cut or torn opening.</summary>
    Tear,

    /// <summary>A fibre, hair or thread on the product.</summary>
    LooseThread,

    /// <summary>A scorched patch.</summary>
    Burn,

    /// <summary>A region whose colour or brightness is off.</summary>
    Discolouration,

    /// <summary>A crease or wrinkle in something soft.</summary>
    Fold,
}
