namespace PromptAD;

/// <summary>
/// How a backbone's features are read best, as whoever made it has measured; what is not chosen otherwise is done so. At the top of the
/// configuration: <c>"reading": {"class_token": false, "text_weight": 0.5, "whiten_memory": true, "memory_shifts": 4,
/// "word_trust": 0.35}</c>.
/// </summary>
/// <param name="ClassToken">Whether the class token counts in the picture's score.</param>
/// <param name="TextWeight">The weight of the words beside the memory.</param>
/// <param name="WhitenMemory">Whether the memory's channels are decorrelated.</param>
/// <param name="MemoryShifts">Steps along a side of a patch at which the good pictures are remembered.</param>
/// <param name="WordTrust">What is believed of the words' answers to painted defects, as <see cref="Backbone.WordTrust"/>.</param>
internal sealed record ScoringDefaults(bool ClassToken, float TextWeight, bool WhitenMemory, int MemoryShifts, float WordTrust = 1)
{
    /// <summary>As published.</summary>
    public static ScoringDefaults Published { get; } = new(ClassToken: true, TextWeight: 1, WhitenMemory: false, MemoryShifts: 1);
}
