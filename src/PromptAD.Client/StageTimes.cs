namespace PromptAD.Client;

/// <summary>How long each stage of an inspection took, in milliseconds.</summary>
/// <param name="Queue">Waiting for its turn.</param>
/// <param name="Decode">Decoding the picture.</param>
/// <param name="Prepare">Resizing.</param>
/// <param name="Encode">The encoder.</param>
/// <param name="Score">Scores and map.</param>
public sealed record StageTimes(double Queue, double Decode, double Prepare, double Encode, double Score);
