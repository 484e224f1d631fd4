namespace PromptAD.Client;

/// <summary>The scores between verdicts.</summary>
/// <param name="Review">Scores above it are REVIEW.</param>
/// <param name="NG">Scores above it are NG.</param>
/// <param name="Pixel">Map values above it belong to a region.</param>
public sealed record LimitScores(
    float Review, [property: System.Text.Json.Serialization.JsonPropertyName("ng")] float NG, float Pixel);
