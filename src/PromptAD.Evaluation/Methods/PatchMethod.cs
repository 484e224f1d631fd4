namespace PromptAD.Evaluation.Methods;

/// <summary>A method that judges by patches alone, in a way of its own.</summary>
internal enum PatchMethod
{
    /// <summary>None: the product's own memory.</summary>
    None,

    /// <summary>AnomalyDINO: the nearest patch of turned good pictures.</summary>
    AnomalyDino,

    /// <summary>SubspaceAD: the distance from the plane of turned good pictures' patches.</summary>
    Subspace,
}
