namespace PromptAD;

/// <summary>What became of one picture of a stream: a prediction, or an error.</summary>
/// <param name="Input">The picture.</param>
/// <param name="Prediction">What the detector says of it; null when it could not be judged.</param>
/// <param name="Error">Why it could not be judged; null when it was.</param>
public sealed record StreamedPrediction(PictureInput Input, Prediction? Prediction, PromptADException? Error);

/// <summary>The last step of a stream of predictions, on one of several threads.</summary>
/// <param name="judged">What came of a picture.</param>
/// <param name="picture">Its pixels, for as long as the step runs; without any where the picture could not be judged.</param>
/// <returns>What the stream gives for the picture.</returns>
public delegate TResult StreamStep<out TResult>(StreamedPrediction judged, in CameraFrame picture);
