using System.Text.Json;

namespace PromptAD.Words;

/// <summary>What training of prompts leaves for a detector.</summary>
/// <param name="Prototypes">The prototypes of both levels.</param>
/// <param name="Temperature">s as it is used, after mark Q3.</param>
/// <param name="States">The anomaly states, {} for the object.</param>
/// <param name="Seed">The seed of the contexts' first values.</param>
/// <param name="Options">The training options, for the record.</param>
public sealed record LearnedWords(
    WordPrototypes Prototypes, float Temperature, IReadOnlyList<string> States, int Seed, JsonElement Options);
