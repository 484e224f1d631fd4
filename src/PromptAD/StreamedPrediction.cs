namespace PromptAD;

/// <summary>What became of one picture of a stream: a prediction, or an error.</summary>
/// <param name="Input">The picture.</param>
/// <param name="Prediction">What the detector says of it; null when it could not be judged.</param>
/// <param name="Error">Why it could not be judged; null when it was.</param>
public sealed record StreamedPrediction(PictureInput Input, Prediction? Prediction, PromptADException? Error);
