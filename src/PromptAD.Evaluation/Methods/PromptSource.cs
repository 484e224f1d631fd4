namespace PromptAD.Evaluation.Methods;

/// <summary>Where a method's prompts come from.</summary>
internal enum PromptSource
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>The paper's method: semantic concatenation with L_EAM.</summary>
    Learned,

    /// <summary>Semantic concatenation without L_EAM.</summary>
    WithoutMargin,

    /// <summary>CoOp: contexts of both classes learned apart.</summary>
    ManyClass,

    /// <summary>WinCLIP's ensemble of words; nothing is learned.</summary>
    Manual,
}
