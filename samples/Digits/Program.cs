// A small U-Net learns the 60,000 digits of MNIST and draws new ones.
// Usage: Digits [--steps N] [--hours H] [--out FOLDER] [--data FOLDER] [--threads N] [--metrics N]

return new ImageSample
{
    Name = "digits",
    DataSet = "mnist",
    LessonLosses = new Dictionary<long, double> { [1] = 0.148, [5] = 0.065, [10] = 0.050, [20] = 0.042, [40] = 0.039 },
}.Run(args);
